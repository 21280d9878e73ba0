#include "ui/command.h"

#include <stdlib.h>
#include <string.h>

#include "common/mem.h"

static const struct command_row rows[COMMAND_COUNT] = {
#define C(id, name, args, help, right, keys, contexts, bar)                                                  \
    {name, args, help, RIGHT_##right, keys, contexts, bar},
    COMMANDS(C)
#undef C
};

static const struct {
    unsigned bit;
    const char *name, *help;
} contexts[] = {
    {CTX_ANY, "any", "Everywhere"},
    {CTX_GLOBAL, "global", "In every pane"},
    {CTX_LIST, "list", "In lists"},
    {CTX_QUEUE, "queue", "In the queue"},
    {CTX_CHATS, "chats", "In the list of chats"},
    {CTX_CHAT, "chat", "In the messages of a chat"},
    {CTX_COMPOSER, "composer", "While writing a message"},
    {CTX_EDIT, "edit", "Wherever text is typed"},
    {CTX_PROMPT, "prompt", "In prompts"},
    {CTX_SETTINGS, "settings", "In the settings"},
    {CTX_REVIEW, "review", "In the review of changed settings"},
    {CTX_CONFLICT, "conflict", "In the choice between my value and theirs"},
    {CTX_HISTORY, "history", "In the history of the settings"},
    {CTX_CANNED, "canned", "In the canned responses"},
    {CTX_ADMIN, "admin", "In the administration"},
    {CTX_MATRIX, "permissions", "In the permissions"},
    {CTX_ITEMS, "items", "In a list inside a form"},
    {CTX_WEEK, "week", "In the week of business hours"},
    {CTX_BLOCK, "block", "In a text of several lines in a form"},
    {CTX_CHOICE, "choice", "At a choice in a form"},
    {CTX_DIALOG, "dialog", "In dialogs"},
};

const struct command_row *command_row(enum command_id id)
{
    return &rows[id];
}

int command_find(const char *name, size_t n)
{
    int i = 0;
    while (i < COMMAND_COUNT && !(strncmp(rows[i].name, name, n) == 0 && rows[i].name[n] == '\0'))
        i++;
    return i;
}

const char *context_name(unsigned bit)
{
    for (size_t i = 0; i < COUNT_OF(contexts); i++)
        if (contexts[i].bit == bit)
            return contexts[i].name;
    return NULL;
}

const char *context_help(unsigned bit)
{
    for (size_t i = 0; i < COUNT_OF(contexts); i++)
        if (contexts[i].bit == bit)
            return contexts[i].help;
    return NULL;
}

unsigned context_find(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(contexts); i++)
        if (strcmp(contexts[i].name, name) == 0)
            return contexts[i].bit;
    return 0;
}

const char *right_name(enum command_right r)
{
    static const char *const names[] = {"", "agent", "settings", "canned responses"};
    return names[r];
}

/* The command whose name shares the longest beginning. */
static const char *nearest(const char *name, size_t n)
{
    const char *best = "help";
    size_t most = 0;
    for (int i = 0; i < COMMAND_COUNT; i++) {
        size_t k = 0;
        while (k < n && rows[i].name[k] && rows[i].name[k] == name[k])
            k++;
        if (k > most)
            most = k, best = rows[i].name;
    }
    return best;
}

/* One word, in quotes or not; returns where the next begins. */
static const char *take_word(const char *p, char **word)
{
    struct buf b = BUF_INIT;
    char quote = 0;
    for (; *p && (quote || *p != ' '); p++) {
        if (quote ? *p == quote : *p == '"' || *p == '\'')
            quote = quote ? 0 : *p;
        else
            buf_putc(&b, *p);
    }
    *word = b.data ? buf_take(&b) : x_strdup("");
    return p + strspn(p, " ");
}

int command_parse(const char *line, enum command_id *id, struct command_args *a, struct error *err)
{
    memset(a, 0, sizeof *a);
    line += strspn(line, " :");
    size_t n = strcspn(line, " ");
    int found = command_find(line, n);
    if (found == COMMAND_COUNT && n > 1 && line[n - 1] == '!') /* as vi has it: "quit!" is "quit !" */
        found = command_find(line, --n);
    if (n == 0)
        return error_set(err, ERR_INVALID, NULL, "No command was given");
    if (found == COMMAND_COUNT)
        return error_set(err, ERR_NOT_FOUND, NULL, "There is no command \"%.*s\"; did you mean %s?",
                         (int)(n > 60 ? 60 : n), line, nearest(line, n));
    *id = (enum command_id)found;
    const char *p = line + n + strspn(line + n, " ");
    size_t len = strlen(p);
    while (len > 0 && p[len - 1] == ' ')
        len--;
    a->rest = x_strndup(p, len);
    for (p = a->rest; *p && a->n < COMMAND_ARGS_MAX;)
        p = take_word(p, &a->arg[a->n++]);
    const struct command_row *r = &rows[found];
    if (r->args[0] == '\0' && a->n > 0) {
        command_args_free(a);
        return error_set(err, ERR_INVALID, NULL, "%s takes no arguments", r->name);
    }
    if (r->args[0] && r->args[0] != '[' && a->n == 0) {
        command_args_free(a);
        return error_set(err, ERR_INVALID, NULL, "Usage: %s %s", r->name, r->args);
    }
    return 0;
}

void command_args_free(struct command_args *a)
{
    for (int i = 0; i < a->n; i++)
        free(a->arg[i]);
    free(a->rest);
    memset(a, 0, sizeof *a);
}

static void put_man_text(struct buf *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '\\')
            buf_puts(out, "\\e");
        else if (*s == '-')
            buf_puts(out, "\\-");
        else
            buf_putc(out, *s);
    }
}

void command_write_man(struct buf *out)
{
    buf_puts(out, ".\\\" Generated from the table of commands.\n.TH USHER\\-COMMANDS 7 2026-11-22 usher \"usher manual\"\n.SH NAME\n"
                  "usher\\-commands \\- commands and keys of the usher console\n.SH DESCRIPTION\n"
                  "Every action of\n.BR usher (1)\nis a command. It can be typed after a colon, bound to a key in a "
                  "keymap file, and found with the key ?. C\\- stands for Ctrl, M\\- for Alt, S\\- for Shift.\n");
    for (size_t c = 0; c < COUNT_OF(contexts); c++) {
        buf_puts(out, ".SH \"");
        put_man_text(out, contexts[c].help);
        buf_puts(out, "\"\n");
        for (int i = 0; i < COMMAND_COUNT; i++) {
            unsigned first = rows[i].contexts & (~rows[i].contexts + 1);
            if (first != contexts[c].bit)
                continue;
            buf_puts(out, ".TP\n.BR ");
            put_man_text(out, rows[i].name);
            if (*rows[i].args) {
                buf_puts(out, " \" ");
                put_man_text(out, rows[i].args);
                buf_puts(out, "\"");
            }
            buf_puts(out, "\n");
            put_man_text(out, rows[i].help);
            buf_puts(out, ".\n");
            if (*rows[i].keys) {
                buf_puts(out, "Keys: ");
                put_man_text(out, rows[i].keys);
                buf_puts(out, ".\n");
            }
            if (rows[i].right != RIGHT_NONE)
                buf_printf(out, "Needs the right: %s.\n", right_name(rows[i].right));
        }
    }
    buf_puts(out, ".SH SEE ALSO\n.BR usher (1),\n.BR usher\\-settings (7)\n");
}

static void put_yaml_key(struct buf *out, const char *key, size_t n)
{
    buf_puts(out, "  \"");
    for (size_t i = 0; i < n; i++) {
        if (key[i] == '"' || key[i] == '\\')
            buf_putc(out, '\\');
        buf_putc(out, key[i]);
    }
    buf_puts(out, "\": ");
}

void command_write_keys(struct buf *out)
{
    buf_puts(
        out,
        "# The plain keys of usher: what is built in. A file of your own names only what it changes:\n"
        "#   context: {\"key or keys\": \"command and arguments\"}, with \"\" to free a key.\n"
        "# C- is Ctrl, M- is Alt, S- is Shift; keys of a sequence are separated by a space.\nname: plain\n");
    for (size_t c = 0; c < COUNT_OF(contexts); c++) {
        bool any = false;
        for (int i = 0; i < COMMAND_COUNT; i++) {
            if ((rows[i].contexts & contexts[c].bit) == 0 || rows[i].keys[0] == '\0')
                continue;
            if (!any)
                buf_printf(out, "# %s\n%s:\n", contexts[c].help, contexts[c].name);
            any = true;
            for (const char *p = rows[i].keys; *p;) {
                const char *end = strstr(p, ", ");
                size_t n = end ? (size_t)(end - p) : strlen(p);
                put_yaml_key(out, p, n);
                buf_printf(out, "%s\n", rows[i].name);
                p += n + (end ? 2 : 0);
            }
        }
    }
}
