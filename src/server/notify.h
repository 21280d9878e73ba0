/* Tells the service manager (or the console that started us) how we are: sd_notify's datagrams. */
#ifndef SERVER_NOTIFY_H
#define SERVER_NOTIFY_H

/* "READY=1", "STOPPING=1", "STATUS=…". Without NOTIFY_SOCKET nothing happens. */
void notify_send(const char *text);

#endif
