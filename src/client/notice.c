/* Sentences for system messages (behaviour 24, 18.3). */
#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "client/model.h"
#include "common/mem.h"

/* The name to show of a {name, username} record. */
static const char *who(const json_t *u)
{
    const char *name = js_str(u, "name");
    if (name == NULL || *name == '\0')
        name = js_str(u, "username");
    return name && *name ? name : "somebody";
}

static char *with_comment(char *sentence, const char *comment)
{
    if (comment == NULL || *comment == '\0')
        return sentence;
    char *longer = x_asprintf("%s: %s", sentence, comment);
    free(sentence);
    return longer;
}

static char *transfer(const json_t *message)
{
    const json_t *data = js_obj(message, "transferData");
    const char *scope = js_str(data, "scope"), *from = who(js_obj(data, "transferredBy"));
    const json_t *department = js_obj(data, "nextDepartment");
    char *s;
    if (js_obj(data, "transferredBy") == NULL)
        from = who(js_obj(message, "u"));
    if (str_eq(scope, "queue"))
        s = x_asprintf("%s returned the chat to the queue", from);
    else if (str_eq(scope, "department"))
        s = x_asprintf("%s transferred the chat to the department %s", from,
                       js_str(department, "name") ? js_str(department, "name") : "of another team");
    else
        s = x_asprintf("%s transferred the chat to %s", from, who(js_obj(data, "transferredTo")));
    return with_comment(s, js_str(data, "comment"));
}

static char *fallback(const json_t *message)
{
    const json_t *data = js_obj(message, "transferData");
    const char *missed = js_str(data, "prevDepartment"), *to = js_str(js_obj(data, "department"), "name");
    if (missed == NULL || to == NULL)
        return x_strdup("Transferred to the fallback department");
    return x_asprintf("Nobody of %s is online: the chat went to %s instead", missed, to);
}

static char *transcript(const json_t *message)
{
    const json_t *data = js_obj(message, "requestData");
    if (str_eq(js_str(data, "type"), "visitor"))
        return x_asprintf("%s asked for the transcript", who(js_obj(data, "visitor")));
    return x_asprintf("%s sent the transcript to %s", who(js_obj(data, "user")), who(js_obj(data, "visitor")));
}

static char *priority(const json_t *message)
{
    const json_t *data = js_obj(message, "priorityData");
    const char *name = js_str(js_obj(data, "priority"), "name");
    return x_asprintf("%s changed the priority to %s", who(js_obj(data, "definedBy")), name ? name : "none");
}

enum form { FORM_PLAIN, FORM_USER, FORM_TEXT, FORM_COMMENT };

static const struct {
    const char *type;
    enum form form;
    const char *sentence;
} plain[] = {
    {"livechat-started", FORM_PLAIN, "Chat started"},
    {"livechat-close", FORM_TEXT, "Conversation closed"},
    {"uj", FORM_USER, "joined the chat"},
    {"ul", FORM_USER, "left the chat"},
    {"ult", FORM_USER, "left the chat"},
    {"ut", FORM_USER, "joined the chat"},
    {"au", FORM_TEXT, "Added to the chat"},
    {"ru", FORM_TEXT, "Removed from the chat"},
    {"r", FORM_TEXT, "The chat is now called"},
    {"rm", FORM_PLAIN, "Message removed"},
    {"livechat_navigation_history", FORM_TEXT, "New navigation"},
    {"livechat_video_call", FORM_USER, "started a video call"},
    {"livechat_webrtc_video_call", FORM_USER, "started a call"},
    {"jitsi_call_started", FORM_USER, "started a call"},
    {"videoconf", FORM_USER, "started a call"},
    {"omnichannel_placed_chat_on_hold", FORM_COMMENT, "Chat on hold"},
    {"omnichannel_on_hold_chat_resumed", FORM_COMMENT, "Chat resumed"},
    {"room_changed_topic", FORM_TEXT, "The topic is now"},
    {"message_pinned", FORM_USER, "pinned a message"},
};

static char *plain_notice(const json_t *message, const char *type)
{
    const char *msg = js_str(message, "msg");
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        if (strcmp(plain[i].type, type) != 0)
            continue;
        if (plain[i].form == FORM_USER)
            return x_asprintf("%s %s", who(js_obj(message, "u")), plain[i].sentence);
        char *s = x_strdup(plain[i].sentence);
        return with_comment(s, plain[i].form == FORM_TEXT      ? msg
                               : plain[i].form == FORM_COMMENT ? js_str(message, "comment")
                                                               : NULL);
    }
    return x_asprintf("%s%s%s", type, msg && *msg ? ": " : "", msg ? msg : "");
}

char *notice_make(const json_t *message, bool *hidden)
{
    const char *type = js_str(message, "t");
    if (js_bool(message, "_hidden"))
        *hidden = true;
    if (type == NULL || *type == '\0' || strcmp(type, "e2e") == 0)
        return NULL;
    if (strcmp(type, "command") == 0) {
        *hidden = true;
        return NULL;
    }
    if (strcmp(type, "livechat_transfer_history") == 0)
        return transfer(message);
    if (strcmp(type, "livechat_transfer_history_fallback") == 0)
        return fallback(message);
    if (strcmp(type, "livechat_transcript_history") == 0)
        return transcript(message);
    if (strcmp(type, "livechat_priority_history") == 0)
        return priority(message);
    return plain_notice(message, type);
}
