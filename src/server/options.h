/* The options of usherd: default, then configuration file, then environment, then command line. */
#ifndef SERVER_OPTIONS_H
#define SERVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/error.h"
#include "common/log.h"

struct options {
    char *listen;                  /* "127.0.0.1:3000"; "" or "none": no TCP */
    char *socket;                  /* path, or NULL */
    char *db;
    char *widget;                  /* folder with the widget's build, or NULL */
    char *config;                  /* file read, or NULL */
    char *tls_cert, *tls_key;
    char *site_url;                /* "https://chat.example.org" when a proxy stands in front, or NULL */
    char *local_user;              /* username that peers on the socket are; NULL: the first administrator */
    char *dns_servers;             /* "192.0.2.1,[2001:db8::1]:5353", or NULL: those of the system */
    char *ca_file;                 /* a further certificate authority for mail servers, or NULL */
    bool outbound_deny_private;    /* our own requests go to no loopback and no private address */
    char *trusted_proxies;         /* comma separated addresses whose X-Forwarded-For is believed */
    char *admin_username, *admin_password, *admin_email, *admin_id;   /* of the first start */
    bool insecure_listen, embedded, demo, test_clock, rate_limits, listen_given;
    enum log_level log_level;
};

enum options_outcome { OPTIONS_RUN, OPTIONS_EXIT, OPTIONS_BAD };

/* Fills o from everything. OPTIONS_EXIT: --help or --version was printed; OPTIONS_BAD: e says why. */
enum options_outcome options_read(struct options *o, int argc, char **argv, struct error *e);
void options_free(struct options *o);

/* "host:port" is a loopback address. */
bool options_is_loopback(const char *listen);

#endif
