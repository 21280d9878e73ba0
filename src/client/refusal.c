#include "client/refusal.h"

#include <stdlib.h>
#include <string.h>

#include "client/js.h"
#include "common/mem.h"

#define MISSING "method-not-found" /* our own name for it */

static const struct refusal {
    const char *name;
    int code;
    const char *sentence;   /* NULL: the server's words will do */
} refusals[] = {
    {"error-inquiry-taken", ERR_CONFLICT, "Somebody else has taken this chat already"},
    {"error-inquiry-offered", ERR_STATE, "This chat is just being offered to somebody else"},
    {"error-not-offered", ERR_STATE, "This chat is not offered to you any more"},
    {"error-disposition-required", ERR_INVALID, "A disposition is required to close this chat"},
    {"error-invalid-disposition", ERR_INVALID, "The disposition is none of the server's codes"},
    {"error-not-found", ERR_NOT_FOUND, "This chat is no longer in the queue"},
    {"error-agent-status-service-offline", ERR_STATE, "You are not available: become available first"},
    {"error-max-number-simultaneous-chats-reached", ERR_STATE, "The limit of simultaneous chats is reached"},
    {"error-mac-limit-reached", ERR_STATE, "The licence of the server allows no more contacts this month"},
    {"error-business-hours-are-closed", ERR_STATE, "Outside business hours nobody can become available"},
    {"room-closed", ERR_STATE, "This chat is closed already"},
    {"error-room-already-closed", ERR_STATE, "This chat is closed already"},
    {"error-room-is-already-closed", ERR_STATE, "This chat is closed already"},
    {"This_conversation_is_already_closed", ERR_STATE, "This chat is closed already"},
    {"error-room-onHold", ERR_STATE, "This chat is on hold: resume it first"},
    {"You cannot place chat on-hold, when the Contact has sent the last message", ERR_STATE,
     "The visitor wrote last: answer first"},
    {"error-contact-sent-last-message-so-cannot-place-on-hold", ERR_STATE, "The visitor wrote last: answer first"},
    {"Room is already On-Hold", ERR_STATE, "This chat is on hold already"},
    {"error-room-is-already-on-hold", ERR_STATE, "This chat is on hold already"},
    {"error-invalid-room", ERR_NOT_FOUND, "There is no such chat"},
    {"invalid-room", ERR_NOT_FOUND, "There is no such chat"},
    {"error-room-not-found", ERR_NOT_FOUND, "There is no such chat"},
    {"error-invalid-inquiry", ERR_STATE, "This chat cannot be passed on"},
    {"inquiry-not-found", ERR_STATE, "This chat cannot be passed on"},
    {"error-transferring-inquiry", ERR_STATE, "This chat cannot be passed on"},
    {"error-returning-inquiry", ERR_STATE, "This chat cannot go back to the queue"},
    {"error-user-is-offline", ERR_STATE, "That agent is offline"},
    {"error-selected-agent-room-agent-are-same", ERR_CONFLICT, "That agent has this chat already"},
    {"error-forwarding-chat-same-department", ERR_CONFLICT, "The chat is in that department already"},
    {"error-forwarding-chat", ERR_STATE, "Nobody there can take the chat now"},
    {"error-forwarding-department-target-not-allowed", ERR_DENIED,
     "Chats of this department may not be forwarded to that one"},
    {"error-user-not-belong-to-department", ERR_INVALID, "That agent is not in that department"},
    {"error-tags-must-be-assigned-before-closing-chat", ERR_INVALID, "This chat needs a tag before it is closed"},
    {"error-invalid-user", ERR_NOT_FOUND, "There is no such user"},
    {"error-user-is-not-agent", ERR_INVALID, "That user is no agent"},
    {"error-not-allowed", ERR_DENIED, "You are not allowed to do this"},
    {"error-not-authorized", ERR_DENIED, "You are not allowed to do this"},
    {"error-unauthorized", ERR_DENIED, "You are not allowed to do this"},
    {"unauthorized", ERR_DENIED, "You are not allowed to do this"},
    {"not-allowed", ERR_DENIED, "You are not allowed to do this"},
    {"error-action-not-allowed", ERR_DENIED, "You are not allowed to do this"},
    {"error-invalid-setting-value", ERR_INVALID, NULL},
    {"error-setting-validation-failed", ERR_INVALID, NULL},
    {"error-message-size-exceeded", ERR_TOO_LARGE, "The message is too long"},
    {"You_have_been_muted", ERR_DENIED, "You are muted in this chat"},
    {"room_is_blocked", ERR_DENIED, "This chat is blocked"},
    {"error-invalid-shortcut", ERR_CONFLICT, "This shortcut exists already"},
    {"error-invalid-department", ERR_INVALID, "There is no such department"},
    {"error-canned-response-not-found", ERR_NOT_FOUND, "This canned response no longer exists"},
    {"error-validating-department-chat-closing-tags", ERR_INVALID, "A required tag needs closing tags to choose from"},
    {"error-fallback-department-not-found", ERR_INVALID, "There is no such department to fall back on"},
    {"error-fallback-department-circular", ERR_INVALID, "A department cannot be its own fallback"},
    {"error-department-not-found", ERR_NOT_FOUND, "This department no longer exists"},
    {"department-not-found", ERR_NOT_FOUND, "This department no longer exists"},
    {"error-business-hour-name-already-in-use", ERR_CONFLICT, "Another business hour has this name"},
    {"error-invalid-custom-field-name", ERR_INVALID, "The name of a field has letters, digits, - and _ only"},
    {"error-custom-field-name-already-exists", ERR_CONFLICT, "There is such a field already"},
    {"error-duplicate-tag", ERR_CONFLICT, "There is such a tag already"},
    {"error-duplicate-priority", ERR_CONFLICT, NULL},
    {"error-contact-manager-not-found", ERR_NOT_FOUND, "There is no such agent"},
    {"error-invalid-contact-manager", ERR_INVALID, "A contact manager must be an agent"},
    {"error-duplicate-channel-name", ERR_CONFLICT, "There is such a channel already"},
    {"error-invalid-name", ERR_INVALID, NULL},
    {"error-field-unavailable", ERR_CONFLICT, NULL},
    {"error-input-is-not-a-valid-field", ERR_INVALID, NULL},
    {"totp-required", ERR_DENIED,
     "The server asks for a second factor, which usher cannot give: use a personal access token"},
    {"totp-invalid", ERR_DENIED, "The second factor was wrong"},
    {"error-user-is-not-activated", ERR_DENIED, "This account is not active"},
    {"error-login-blocked-for-ip", ERR_DENIED, "Too many failed logins from this address: wait a while"},
    {"error-login-blocked-for-user", ERR_DENIED, "Too many failed logins of this user: wait a while"},
    {"error-too-many-requests", ERR_UNAVAILABLE, "The server asks to slow down: try again in a minute"},
    {"too-many-requests", ERR_UNAVAILABLE, "The server asks to slow down: try again in a minute"},
    {"invalid-params", ERR_INVALID, NULL},
    {"error-invalid-params", ERR_INVALID, NULL},
    {"invalid-token", ERR_DENIED, NULL},
};

static const struct refusal *find(const char *name)
{
    for (size_t i = 0; name && i < COUNT_OF(refusals); i++) {
        if (strcmp(refusals[i].name, name) == 0)
            return &refusals[i];
    }
    return NULL;
}

/* Codes stand in brackets behind the text ("Room closed [room-closed]") or are all of it. */
static const struct refusal *find_in_text(const char *text)
{
    const char *open = text ? strrchr(text, '[') : NULL;
    if (open && strlen(open) > 2 && text[strlen(text) - 1] == ']') {
        AUTO_FREE char *name = x_strndup(open + 1, strlen(open) - 2);
        return find(name);
    }
    return find(text);
}

static int fill(struct error *err, const char *code, const char *text, int otherwise)
{
    const struct refusal *known = find(code);
    if (known == NULL)
        known = find_in_text(text);
    if (text == NULL || *text == '\0')
        text = code && *code ? code : "The server refused without a reason";
    if (known == NULL)
        return error_set(err, otherwise, NULL, "%s", text);
    int n = (int)strlen(text);
    const char *bracket = strstr(text, " [");
    if (bracket)
        n = (int)(bracket - text);
    if (known->sentence)
        error_set(err, known->code, NULL, "%s", known->sentence);
    else
        error_set(err, known->code, NULL, "%.*s", n, text);
    if (err)
        err->name = known->name;
    return known->code;
}

static int code_of_status(int status)
{
    if (status == 401 || status == 403)
        return ERR_DENIED;
    if (status == 404)
        return ERR_NOT_FOUND;
    if (status == 413)
        return ERR_TOO_LARGE;
    if (status == 429 || status >= 500)
        return ERR_UNAVAILABLE;
    return ERR_INVALID;
}

int refusal_from_rest(const struct rest_answer *a, struct error *err)
{
    if (a->status == 0)
        return error_set(err, ERR_UNAVAILABLE, NULL, "The server cannot be reached: %s", a->failure);
    bool success = a->status >= 200 && a->status < 300 && a->body && !json_is_false(json_object_get(a->body, "success"));
    if (success && !str_eq(js_str(a->body, "status"), "error"))
        return ERR_OK;
    if (a->status == 429)
        return fill(err, "error-too-many-requests", NULL, ERR_UNAVAILABLE);
    const char *code = js_str(a->body, "errorType"), *text = js_str(a->body, "error");
    if (code == NULL && js_str(a->body, "message")) { /* login and the like: code in error, words in message */
        code = text;
        text = js_str(a->body, "message");
    }
    if (text == NULL)
        text = js_str(a->body, "reason");
    if (rest_is_missing(a) && text == NULL && code == NULL)
        return error_named(err, ERR_NOT_FOUND, MISSING, "This server cannot do that");
    if (a->status == 403 && find_in_text(text) == NULL)
        code = "unauthorized";
    if (a->status >= 500) /* its trouble, not ours: whatever it says, trying again may help */
        return error_set(err, ERR_UNAVAILABLE, NULL, "The server has trouble (status %d)%s%s", a->status,
                         text ? ": " : "", text ? text : "");
    if (text == NULL && code == NULL)
        return error_set(err, code_of_status(a->status), NULL, "The server refused (status %d)", a->status);
    return fill(err, code, text, code_of_status(a->status));
}

int refusal_from_method(const json_t *error, struct error *err)
{
    const json_t *code = json_object_get(error, "error");
    if (json_is_integer(code) && json_integer_value(code) == 404)
        return error_named(err, ERR_NOT_FOUND, MISSING, "This server cannot do that");
    const char *reason = js_str(error, "reason");
    const json_t *inner = js_obj(error, "sanitizedError");
    if (reason == NULL)
        reason = js_str(error, "message");
    if (reason == NULL)
        reason = js_str(inner, "reason");
    return fill(err, json_string_value(code), reason, ERR_INVALID);
}

bool refusal_is_missing(const struct error *err)
{
    return str_eq(err->name, MISSING);
}

bool refusal_is_second_factor(const struct error *err)
{
    return str_eq(err->name, "totp-required");
}
