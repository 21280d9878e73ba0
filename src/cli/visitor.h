/* usher visitor …: what is held on a visitor, handed out or erased (behaviour 13). */
#ifndef CLI_VISITOR_H
#define CLI_VISITOR_H

/* argv[0] is "visitor". The exit code: 0, or 1 on an error. */
int cli_visitor_main(int argc, char **argv);

#endif
