/* Commands that lead out of the terminal: the outside page beside a chat (behaviour 8), and calls (17). */
#include <stdlib.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/address.h"

/* Both end here: an address, or why there is none. */
static void arrived(struct ui *ui, const char *title, const char *words, const char *url, const struct error *err)
{
    if (ui->quitting)
        return;
    if (err)
        ui_say(ui, true, "%s", err->text);
    else
        address_open(ui, title, words, url);
}

static void on_frame(void *arg, const char *url, const struct error *err)
{
    arrived(arg, "External frame", "The address has your login in it: it is for you alone.", url, err);
}

static void on_call(void *arg, const char *url, const struct error *err)
{
    arrived(arg, "Call", "The visitor is asked in the chat. Join here:", url, err);
}

static int for_chat(struct ui *ui, void (*ask)(struct client *c, const char *rid, client_text_done done, void *arg),
                    client_text_done done, struct error *err)
{
    const struct client_room *room = chat_room(ui);
    if (room == NULL || room->channel)
        return error_set(err, ERR_STATE, NULL, "No chat is open");
    ask(ui->client, room->id, done, ui);
    return 0;
}

int action_link(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err)
{
    switch (id) {
    case CMD_FRAME:
        return for_chat(ui, client_frame_url, on_frame, err);
    case CMD_CALL:
        return for_chat(ui, client_call, on_call, err);
    default:
        return action_person(ui, id, a, err);
    }
}
