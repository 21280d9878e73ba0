/* usherd user add|passwd|role: people, from the command line: through the running daemon's socket, or, when none runs,
   on the store itself, which is locked meanwhile. */
#ifndef SERVER_ADMIN_H
#define SERVER_ADMIN_H

/* argv[0] is "user". The exit status. */
int admin_main(int argc, char **argv);

#endif
