/* usher settings …: the settings and records of a server from the command line and from files. */
#ifndef CLI_SETTINGS_H
#define CLI_SETTINGS_H

/* argv[0] is "settings". The exit code: 0, 1 on an error, 2 when plan found changes. */
int cli_settings_main(int argc, char **argv);

#endif
