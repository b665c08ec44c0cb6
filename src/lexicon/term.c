#include "lexicon/term.h"

#include "base/buffer.h"
#include "text/token.h"
#include "text/utf8.h"

typedef struct parser {
    dk_str text;
    size_t at;
    dk_arena *arena;
    dk_error *err;
} parser;

static dk_status wrong(const parser *p, size_t at, const char *message) {
    return dk_fail_at(p->err, DK_EDATA, NULL, 0, (int64_t)at + 1, "%s", message);
}

/* Folds and keeps a piece of the term. */
static dk_status keep_folded(parser *p, dk_str piece, dk_str *kept) {
    dk_buf buf;
    dk_buf_init(&buf);
    dk_status status = dk_utf8_fold(&buf, piece.ptr, piece.len, p->err);
    if (status == DK_OK) {
        char *copy = dk_arena_strdup(p->arena, buf.ptr, buf.len);
        *kept = (dk_str){copy, buf.len};
        if (copy == NULL) status = dk_fail_memory(p->err);
    }
    dk_buf_dispose(&buf);
    return status;
}

/* Cuts a written form into the tokens that the same text would give in a comment. */
static dk_status tokenized(parser *p, dk_str piece, dk_alternative *alternative) {
    dk_tokens tokens = {0};
    dk_status status = dk_tokenize(&tokens, piece.ptr, piece.len, p->err);
    if (status == DK_OK && tokens.count == 0) status = wrong(p, p->at, "a word was expected");
    if (status == DK_OK) {
        alternative->texts = dk_arena_calloc(p->arena, tokens.count, sizeof *alternative->texts);
        if (alternative->texts == NULL) status = dk_fail_memory(p->err);
    }
    for (size_t i = 0; status == DK_OK && i < tokens.count; i++) {
        const dk_token *t = &tokens.items[i];
        status = keep_folded(p, (dk_str){piece.ptr + t->start, t->end - t->start}, &alternative->texts[i]);
        alternative->ntexts = i + 1;
    }
    dk_tokens_dispose(&tokens);
    return status;
}

static bool at_end(const parser *p) { return p->at >= p->text.len; }

static dk_status parse_regex(parser *p, dk_alternative *alternative) {
    size_t begin = p->at + 1, end = begin;
    /* the closing slash is followed by a space or by the end, so that a slash inside needs no escape */
    while (end < p->text.len && !(p->text.ptr[end] == '/' && (end + 1 == p->text.len || p->text.ptr[end + 1] == ' ')))
        end++;
    if (end >= p->text.len) return wrong(p, p->at, "the closing / of this pattern is missing");
    if (end == begin) return wrong(p, p->at, "the pattern is empty");
    alternative->matcher = DK_MATCH_REGEX;
    alternative->texts = dk_arena_calloc(p->arena, 1, sizeof *alternative->texts);
    char *copy = dk_arena_strdup(p->arena, p->text.ptr + begin, end - begin);
    if (alternative->texts == NULL || copy == NULL) return dk_fail_memory(p->err);
    alternative->texts[0] = (dk_str){copy, end - begin};
    alternative->ntexts = 1;
    p->at = end + 1;
    return DK_OK;
}

static dk_status parse_alternative(parser *p, dk_alternative *alternative) {
    size_t begin = p->at;
    alternative->matcher = DK_MATCH_WORD;
    if (p->text.ptr[p->at] == '"') {
        const char *close = memchr(p->text.ptr + p->at + 1, '"', p->text.len - p->at - 1);
        if (close == NULL) return wrong(p, begin, "the closing \" is missing");
        dk_str piece = {p->text.ptr + p->at + 1, (size_t)(close - p->text.ptr) - p->at - 1};
        alternative->matcher = DK_MATCH_EXACT;
        dk_status status = tokenized(p, piece, alternative);
        p->at = begin + piece.len + 2;
        return status;
    }
    while (!at_end(p) && p->text.ptr[p->at] != ' ' && p->text.ptr[p->at] != '/') p->at++;
    dk_str piece = {p->text.ptr + begin, p->at - begin};
    if (piece.len == 0) return wrong(p, begin, "a word was expected; a literal slash stands within double quotes");
    bool only_marks = piece.len > 1 && memchr(piece.ptr + 1, piece.ptr[0], piece.len - 1) != NULL;
    if (piece.len > 1 && piece.ptr[0] == '+' && !only_marks) {
        alternative->matcher = DK_MATCH_PART;
        piece.ptr++, piece.len--;
    } else if (piece.len > 2 && piece.ptr[piece.len - 1] == '*') {
        alternative->matcher = DK_MATCH_PREFIX;
        piece.len--;
    } else if (piece.len > 2 && piece.ptr[0] == '*') {
        alternative->matcher = DK_MATCH_SUFFIX;
        piece.ptr++, piece.len--;
    }
    const char *star = memchr(piece.ptr, '*', piece.len);
    if (star != NULL && alternative->matcher != DK_MATCH_WORD)
        return wrong(p, (size_t)(star - p->text.ptr), "one star only, at the beginning or the end of a word");
    dk_status status = tokenized(p, piece, alternative);
    if (status == DK_OK && alternative->ntexts > 1 && alternative->matcher != DK_MATCH_WORD)
        return wrong(p, begin, "stars and plus signs go with a single word");
    return status;
}

static dk_status parse_step(parser *p, dk_step *step) {
    if (p->text.ptr[p->at] == '/') {
        step->alternatives = dk_arena_calloc(p->arena, 1, sizeof *step->alternatives);
        if (step->alternatives == NULL) return dk_fail_memory(p->err);
        step->nalternatives = 1;
        return parse_regex(p, step->alternatives);
    }
    dk_alternative found[DK_ALTERNATIVES_MAX];
    for (;;) {
        if (step->nalternatives == DK_ALTERNATIVES_MAX) return wrong(p, p->at, "more than 64 alternatives in one place");
        dk_alternative *a = &found[step->nalternatives++];
        memset(a, 0, sizeof *a);
        if (at_end(p)) return wrong(p, p->at, "a word was expected behind the slash");
        dk_status status = parse_alternative(p, a);
        if (status != DK_OK) return status;
        if (at_end(p) || p->text.ptr[p->at] == ' ') break;
        if (p->text.ptr[p->at] != '/') return wrong(p, p->at, "a space or a slash was expected");
        p->at++;
    }
    step->alternatives = dk_arena_alloc(p->arena, step->nalternatives * sizeof *found);
    if (step->alternatives == NULL) return dk_fail_memory(p->err);
    memcpy(step->alternatives, found, step->nalternatives * sizeof *found);
    return DK_OK;
}

static bool is_gap(const parser *p) {
    size_t rest = p->text.len - p->at;
    const char *s = p->text.ptr + p->at;
    return rest >= 3 && memcmp(s, "...", 3) == 0 && (rest == 3 || s[3] == ' ');
}

dk_status dk_term_parse(dk_term *term, dk_str text, dk_arena *arena, dk_error *err) {
    parser p = {.text = text, .arena = arena, .err = err};
    memset(term, 0, sizeof *term);
    if (text.len >= 2 && memcmp(text.ptr, "//", 2) == 0) {
        if (text.len < 5 || memcmp(text.ptr + text.len - 2, "//", 2) != 0)
            return wrong(&p, 0, "the closing // of this pattern is missing");
        char *copy = dk_arena_strdup(arena, text.ptr + 2, text.len - 4);
        if (copy == NULL) return dk_fail_memory(err);
        term->comment_regex = true;
        term->pattern = (dk_str){copy, text.len - 4};
        return DK_OK;
    }
    dk_step steps[DK_STEPS_MAX];
    memset(steps, 0, sizeof steps);
    bool gap = false;
    while (!at_end(&p)) {
        if (text.ptr[p.at] == ' ') {
            p.at++;
            continue;
        }
        if (is_gap(&p)) {
            if (term->nsteps == 0) return wrong(&p, p.at, "a term cannot begin with a gap");
            gap = true;
            p.at += 3;
            continue;
        }
        if (term->nsteps == DK_STEPS_MAX) return wrong(&p, p.at, "a term of more than 16 words");
        dk_step *step = &steps[term->nsteps++];
        step->gap = gap;
        gap = false;
        dk_status status = parse_step(&p, step);
        if (status != DK_OK) return status;
    }
    if (gap) return wrong(&p, text.len, "a term cannot end with a gap");
    if (term->nsteps == 0) return wrong(&p, 0, "the term is empty");
    term->steps = dk_arena_alloc(arena, term->nsteps * sizeof *steps);
    if (term->steps == NULL) return dk_fail_memory(err);
    memcpy(term->steps, steps, term->nsteps * sizeof *steps);
    return DK_OK;
}
