/* Shared by session.c and login.c only. */
#ifndef SERVER_SESSION_PRIVATE_H
#define SERVER_SESSION_PRIVATE_H

struct session;
struct login_failures;
struct sessions;

struct sessions {
    struct session *by_hash;
    struct login_failures *failures;   /* by user and address, and by address */
};

void login_brake_free(struct sessions *t);

#endif
