/* Files that a program ended by a signal must not leave behind: parts of outputs before they are renamed, temporary files with a name.
 *
 * Whoever makes such a file names it here before, and takes it back once it is renamed or removed. The library only keeps the list; a
 * program that wants them gone calls dk_leftover_remove_all from its handler, which is safe there.
 */
#ifndef DK_BASE_LEFTOVER_H
#define DK_BASE_LEFTOVER_H

/* path is borrowed until it is taken back, by the same pointer. Of more than 64 at a time the last are not remembered. */
void dk_leftover_add(const char *path);
void dk_leftover_forget(const char *path);

/* Unlinks all that are on the list. Async-signal-safe. */
void dk_leftover_remove_all(void);

#endif
