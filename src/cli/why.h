/* usher why: the reason for every decision about a chat, or what stands between an agent and his next chat. */
#ifndef CLI_WHY_H
#define CLI_WHY_H

/* argv[0] is "why". Returns the exit code. */
int cli_why_main(int argc, char **argv);

#endif
