/* usherd user add|passwd|role: people, from the command line: through the running daemon's socket, or, when none runs,
   on the store itself, which is locked meanwhile. usherd visitor export|erase: all that is held on one (behaviour 13),
   through the daemon only. */
#ifndef SERVER_ADMIN_H
#define SERVER_ADMIN_H

/* argv[0] is "user". The exit status. */
int admin_main(int argc, char **argv);
/* argv[0] is "visitor". The exit status. */
int admin_visitor_main(int argc, char **argv);

#endif
