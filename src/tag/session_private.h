/* Shared by the files of a session; not for others.
 *
 * Comments are tagged several at a time, stage by stage: the code and the tables of one stage stay in the nearest caches while all of
 * them pass through it. What is known of one comment between two stages is its dk_work; the rest of a session is working memory of
 * the stage at hand, and what it remembers of words.
 */
#ifndef DK_TAG_SESSION_PRIVATE_H
#define DK_TAG_SESSION_PRIVATE_H

#include "tag/engine.h"
#include "tag/forms.h"
#include "tag/opinion.h"
#include "tag/pairs.h"
#include "tag/weights.h"

/* One of the comments that are tagged together. */
typedef struct dk_work {
    dk_str text;
    dk_comment *comment; /* what is said of it, the caller's */
    bool readable;       /* in one of our languages, or so short that it may be */
    dk_language main;    /* what most of it is read in */
    unsigned used;       /* bit l: some token is read in language l */
    dk_tokens tokens;
    uint8_t *languages; /* by token: the language it is read in, DK_LANG_OTHER for none */
    size_t languages_cap;
    int32_t *pair_values; /* by token: what the token before and this one weigh together, in whatever language both are read */
    size_t pair_values_cap;
    int32_t *learned; /* by token: what it added to the logit, before damping */
    size_t learned_cap;
    dk_reading reading;
} dk_work;

/* What the tokens of a sentence say about its language. */
typedef struct dk_evidence {
    int64_t sums[DK_LANGUAGE_CLASSES];
    uint64_t nwords;
    size_t end; /* of the sentence: the token behind it */
} dk_evidence;

struct dk_session {
    const dk_engine *engine;
    dk_tag_plan plan;
    dk_work works[DK_TOGETHER];
    size_t inspected; /* which of them is looked into */
    dk_forms forms;
    dk_pairs pairs;
    uint64_t resets;     /* of the forms that pairs is of */
    uint64_t limited;    /* patterns given up */
    bool cross_fitted;   /* see dk_session_set_customer */
    uint64_t customer;   /* 0: not known */
    dk_regex_scratch *regex;
    dk_weigher weigher;
    dk_evidence *sentences; /* of the comment at hand */
    size_t nsentences, sentences_cap;
    const dk_word **words; /* by token: what it means in the language at hand */
    size_t words_cap;
    uint8_t *flags; /* by token: those of its form in the language at hand, 0 where it is read in another */
    size_t flags_cap;
    dk_pair *beside; /* by token: what it and the token before it say together in the language at hand */
    size_t beside_cap;
    dk_callers callers; /* of patterns in the language at hand */
    uint32_t *seen;     /* by form: for dk_inspect_features */
    size_t seen_cap;
    uint32_t seen_mark;
};

/* Sets the language of the comment and of each token; work->readable is false when it is none of ours and nothing is to be read. */
dk_status dk_session_choose_languages(dk_session *session, dk_work *work, dk_error *err);

/* Matches the comment in each language that it is read in. */
dk_status dk_session_match(dk_session *session, dk_work *work, dk_error *err);

#endif
