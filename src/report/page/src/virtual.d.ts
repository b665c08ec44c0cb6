declare module "virtual:texts" {
  /** Each text as [English, Swedish, Danish]. */
  const texts: { messages: Record<string, string[]>; words: Record<string, string[]>; sentences: string[][] };
  export default texts;
}
