/* The words of our mails in the languages of the people who get them (behaviour 19.1). */
#ifndef OUTBOUND_WORDS_H
#define OUTBOUND_WORDS_H

enum word {
    WORD_YOU,                  /* the visitor, in his own transcript */
    WORD_AGENT,                /* an agent whose name is not shown */
    WORD_SUBJECT,              /* of a transcript */
    WORD_JOINED, WORD_LEFT, WORD_TRANSFERRED, WORD_FILE,
    WORD_SHORTENED,            /* instead of what did not fit */
    WORD_COUNT
};

/* language: "de", "pt-BR" …; NULL, "" and those we have no words in: English. */
const char *word_in(const char *language, enum word w);

#endif
