#include "term/tty.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The only place of the whole program that knows curses: its terminfo part. */
#include <curses.h>
#include <term.h>

#include "common/mem.h"

/* What a dying process must do: known beforehand, safe in a signal handler. */
static struct {
    volatile sig_atomic_t active;
    int in_fd, out_fd;
    struct termios saved;
    char leave[256];
    size_t leave_len;
} rescue;

static void restore_terminal(void)
{
    if (!rescue.active)
        return;
    rescue.active = 0;
    ssize_t ignored = write(rescue.out_fd, rescue.leave, rescue.leave_len);
    (void)ignored;
    tcsetattr(rescue.in_fd, TCSANOW, &rescue.saved);
}

static void on_fatal(int signo)
{
    restore_terminal();
    signal(signo, SIG_DFL);
    raise(signo);
}

static void install_rescue(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT};
    static bool done;
    if (done)
        return;
    done = true;
    atexit(restore_terminal);
    for (size_t i = 0; i < COUNT_OF(fatal); i++) {
        struct sigaction now, sa = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND};
        if (sigaction(fatal[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            sigaction(fatal[i], &sa, NULL);
    }
}

static const char *string_of(const char *cap)
{
    const char *s = tigetstr(cap);
    return s == (const char *)-1 ? NULL : s;
}

static bool speaks_ansi(void)
{
    const char *cup = string_of("cup");
    return cup && strncmp(cup, "\033[", 2) == 0;
}

static void setup_terminfo(struct tty *t)
{
    static const char *const fallback[] = {"xterm", "ansi", "vt100"};
    const char *name = getenv("TERM");
    int status;
    if (name && *name && setupterm(name, t->out_fd, &status) == 0) {
        if (speaks_ansi())
            return;
        buf_printf(&t->warnings, "The terminal type %s cannot place its cursor; using ansi\n", name);
    } else if (name == NULL || *name == '\0') {
        buf_puts(&t->warnings, "TERM is not set; using ansi\n");
    } else {
        buf_puts(&t->warnings, "The terminal type ");
        buf_puts(&t->warnings, name);
        buf_puts(&t->warnings, " is not known here; using ansi\n");
    }
    for (size_t i = 1; i < COUNT_OF(fallback); i++)
        if (setupterm(fallback[i], t->out_fd, &status) == 0 && speaks_ansi())
            return;
}

static void find_depth(struct tty *t)
{
    const char *no = getenv("NO_COLOR"), *ct = getenv("COLORTERM");
    int colors = tigetnum("colors");
    if (t->no_color || (no && *no))
        t->depth = DEPTH_MONO;
    else if ((ct && (strcmp(ct, "truecolor") == 0 || strcmp(ct, "24bit") == 0) && colors >= 8) ||
             tigetflag("RGB") > 0 || tigetflag("Tc") > 0)
        t->depth = DEPTH_TRUE;
    else
        t->depth = colors >= 256 ? DEPTH_256 : colors >= 16 ? DEPTH_16 : colors >= 8 ? DEPTH_8 : DEPTH_MONO;
}

static void find_charset(struct tty *t)
{
    const char *set = setlocale(LC_CTYPE, "") ? nl_langinfo(CODESET) : "";
    const char *name = getenv("LC_ALL");
    if (name == NULL || *name == '\0')
        name = getenv("LC_CTYPE");
    if (name == NULL || *name == '\0')
        name = getenv("LANG");
    bool named = name && *name && strcmp(name, "C") != 0 && strcmp(name, "POSIX") != 0;
    t->utf8 = strcmp(set, "UTF-8") == 0;
    if (t->utf8)
        return;
    if (named && *set && strcmp(set, "ANSI_X3.4-1968") != 0) {
        buf_printf(&t->warnings, "The locale %s is not UTF-8; other characters than ASCII show as ?\n", name);
        return;
    }
    t->utf8 = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
    if (named)
        buf_printf(&t->warnings, "The locale %s is not installed; using C.UTF-8\n", name);
    else
        buf_puts(&t->warnings, "No locale is set (LANG); using C.UTF-8\n");
}

void tty_init(struct tty *t, int in_fd, int out_fd, bool mouse, bool no_color)
{
    memset(t, 0, sizeof *t);
    t->in_fd = in_fd;
    t->out_fd = out_fd;
    t->mouse = mouse;
    t->no_color = no_color;
    setup_terminfo(t);
    find_depth(t);
    find_charset(t);
    t->bce = tigetflag("bce") > 0;
    const char *smcup = string_of("smcup"), *rmcup = string_of("rmcup");
    struct buf on = BUF_INIT, off = BUF_INIT;
    /* alternate screen (with the title kept on xterm's stack), bracketed paste, focus, mouse with SGR coordinates */
    buf_puts(&on, smcup ? smcup : "");
    buf_puts(&on, "\033[?2004h\033[?1004h");
    if (mouse)
        buf_puts(&on, "\033[?1002h\033[?1006h");
    if (mouse)
        buf_puts(&off, "\033[?1006l\033[?1002l");
    buf_puts(&off, "\033[?1004l\033[?2004l\033[m\033[r\033[?25h");
    if (rmcup)
        buf_puts(&off, rmcup);
    else
        buf_puts(&off, "\033[2J\033[H");
    t->enter = buf_take(&on);
    t->leave = buf_take(&off);
    if (cur_term)
        del_curterm(cur_term);
}

void tty_fini(struct tty *t)
{
    tty_leave(t);
    free(t->enter);
    free(t->leave);
    buf_free(&t->warnings);
}

int tty_enter(struct tty *t)
{
    if (t->active)
        return 0;
    if (!t->saved_valid && tcgetattr(t->in_fd, &t->saved) < 0)
        return -1;
    t->saved_valid = true;
    struct termios raw = t->saved;
    raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
    raw.c_oflag &= ~(tcflag_t)OPOST;
    raw.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    raw.c_cflag |= CS8;
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    rescue.in_fd = t->in_fd;
    rescue.out_fd = t->out_fd;
    rescue.saved = t->saved;
    rescue.leave_len = strlen(t->leave) < sizeof rescue.leave ? strlen(t->leave) : sizeof rescue.leave;
    memcpy(rescue.leave, t->leave, rescue.leave_len);
    install_rescue();
    rescue.active = 1;
    t->active = true;
    if (tcsetattr(t->in_fd, TCSADRAIN, &raw) < 0)
        return -1;
    tty_write(t, t->enter, strlen(t->enter));
    return 0;
}

void tty_leave(struct tty *t)
{
    if (!t->active)
        return;
    t->active = false;
    t->saved_valid = false; /* whoever has the terminal now may set it otherwise */
    restore_terminal();
}

void tty_size(const struct tty *t, int *cols, int *rows)
{
    struct winsize ws = {0};
    const char *c = getenv("COLUMNS"), *l = getenv("LINES");
    if (ioctl(t->out_fd, TIOCGWINSZ, &ws) < 0 || ws.ws_col == 0 || ws.ws_row == 0) {
        *cols = c && atoi(c) > 0 ? atoi(c) : 80;
        *rows = l && atoi(l) > 0 ? atoi(l) : 24;
    } else {
        *cols = ws.ws_col;
        *rows = ws.ws_row;
    }
    if (*cols > 1000)
        *cols = 1000;
    if (*rows > 500)
        *rows = 500;
}

void tty_write(const struct tty *t, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t w = write(t->out_fd, p, n);
        if (w > 0) {
            p += w;
            n -= (size_t)w;
        } else if (w < 0 && errno == EAGAIN) {
            struct pollfd pfd = {.fd = t->out_fd, .events = POLLOUT};
            poll(&pfd, 1, 1000);
        } else if (w < 0 && errno != EINTR) {
            return; /* gone: the reader will notice */
        }
    }
}
