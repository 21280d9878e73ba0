/* Commands that lead out of the terminal: the outside page beside a chat (behaviour 8). */
#include <stdlib.h>

#include "common/mem.h"
#include "ui/chat_view.h"
#include "ui/address.h"

static void on_frame(void *arg, const char *url, const struct error *err)
{
    struct ui *ui = arg;
    if (ui->quitting)
        return;
    if (err)
        ui_say(ui, true, "%s", err->text);
    else
        address_open(ui, "External frame", "The address has your login in it: it is for you alone.", url);
}

static int open_frame(struct ui *ui, struct error *err)
{
    const struct client_room *room = chat_room(ui);
    if (room == NULL || room->channel)
        return error_set(err, ERR_STATE, NULL, "No chat is open");
    client_frame_url(ui->client, room->id, on_frame, ui);
    return 0;
}

int action_link(struct ui *ui, enum command_id id, const struct command_args *a, struct error *err)
{
    switch (id) {
    case CMD_FRAME:
        return open_frame(ui, err);
    default:
        return action_person(ui, id, a, err);
    }
}
