/* usherd user add|passwd|role: people, from the command line. Works on the store itself, which it locks; a daemon that
   runs must be asked through its interface instead, and the message says so. */
#ifndef SERVER_ADMIN_H
#define SERVER_ADMIN_H

int admin_main(int argc, char **argv);

#endif
