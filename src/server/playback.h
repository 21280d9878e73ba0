/* usherd replay: the log of a store that no daemon uses played back and compared with its tables. */
#ifndef SERVER_PLAYBACK_H
#define SERVER_PLAYBACK_H

/* argv[0] is "replay". The exit status: 0 when everything fits, 1 when not, or when it cannot be read. */
int playback_main(int argc, char **argv);

#endif
