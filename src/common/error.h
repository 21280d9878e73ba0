/* Errors as values: one enum of codes, and one record with the words for people. */
#ifndef COMMON_ERROR_H
#define COMMON_ERROR_H

enum error_code {
    ERR_OK = 0,
    ERR_INVALID = -1,     /* input is malformed or out of range */
    ERR_NOT_FOUND = -2,   /* the thing named does not exist */
    ERR_DENIED = -3,      /* a right is missing */
    ERR_CONFLICT = -4,    /* it exists already, or somebody was faster */
    ERR_STATE = -5,       /* not possible in the present state */
    ERR_TOO_LARGE = -6,   /* a limit was exceeded */
    ERR_IO = -7,          /* file, socket or database failed */
    ERR_UNAVAILABLE = -8, /* the other side is away, try again later */
};

/* What went wrong, for people (text), for programs (name) and for forms (field). Plain data: copy freely. */
struct error {
    int code;          /* enum error_code */
    const char *name;  /* static wire name such as "error-inquiry-taken", or NULL */
    char text[320];    /* one sentence without a full stop at the end of a name; never NULL */
    char field[64];    /* the parameter, key or setting concerned, or "" */
};

/* Fills e (which may be NULL) and returns code. field may be NULL. */
int error_set(struct error *e, int code, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* As error_set with a wire name; name must be a string literal. */
int error_named(struct error *e, int code, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
