/* The kinds of records: what people see of each (behaviour 2, rest 2). */
#include "client/record.h"

#include <string.h>

#include "common/mem.h"

#define END {NULL, NULL}
#define REQ RECORD_REQUIRED
#define FIXED RECORD_FIXED

static const struct record_choice services[] = {
    {"available", "available"}, {"not-available", "not available"}, END};
static const struct record_choice scopes[] = {
    {"user", "private: only I"}, {"department", "one department"}, {"global", "public: everybody"}, END};
static const struct record_choice field_scopes[] = {{"visitor", "the visitor"}, {"room", "the chat"}, END};
static const struct record_choice visibilities[] = {{"visible", "visible"}, {"hidden", "hidden"}, END};
static const struct record_choice field_types[] = {{"input", "text"}, {"select", "one of the options"}, END};
static const struct record_choice conditions[] = {
    {"page-url", "the page's address matches"},
    {"time-on-site", "seconds on the page:"},
    {"chat-opened-by-visitor", "the visitor opens the chat"},
    END};
static const struct record_choice senders[] = {{"queue", "the next agent"}, {"custom", "a name given here"}, END};
static const struct record_choice unit_visibilities[] = {{"public", "public"}, {"private", "private"}, END};
static const struct record_choice hour_types[] = {{"custom", "departments"}, {"default", "everybody else"}, END};

/* key, label, help, type, flags, column; G with further members. */
#define F(k, l, h, t, f, c) {.key = k, .label = l, .help = h, .type = t, .flags = f, .column = c}
#define G(k, l, h, t, f, c, ...) {.key = k, .label = l, .help = h, .type = t, .flags = f, .column = c, __VA_ARGS__}

static const struct record_field departments[] = {
    F("name", "Name", "What visitors and agents see.", RECORD_TEXT, REQ, 18),
    G("enabled", "Enabled", "Only an enabled department gets chats.", RECORD_BOOL, 0, 8, .initial = "true"),
    F("numAgents", "Agents", NULL, RECORD_NUMBER, FIXED | RECORD_LIST_ONLY, 6),
    F("description", "Description", "For colleagues; visitors do not see it.", RECORD_TEXT, 0, -1),
    F("email", "E-mail", "Offline messages to this department go there.", RECORD_TEXT, REQ | RECORD_EMAIL, 0),
    G("showOnRegistration", "On registration", "Visitors may choose it before a chat begins.", RECORD_BOOL, 0, 0,
      .initial = "true"),
    F("showOnOfflineForm", "On offline form", "Visitors may choose it when nobody is there.", RECORD_BOOL, 0, 0),
    G("offlineMessageChannelName", "Offline channel", "Offline messages are written into this channel too.",
      RECORD_REF, RECORD_BY_NAME | RECORD_FREE, 0, .of = RECORD_CHANNELS),
    F("requestTagBeforeClosingChat", "Tag required", "A chat can be closed only with a tag.", RECORD_BOOL, 0, 0),
    G("chatClosingTags", "Closing tags", "Offered when a chat is closed; one at least when a tag is required.",
      RECORD_REFS, RECORD_BY_NAME | RECORD_FREE, 0, .of = RECORD_TAGS),
    G("fallbackForwardDepartment", "Fallback", "Takes a forwarded chat when nobody here can.", RECORD_REF, 0, 0,
      .of = RECORD_DEPARTMENTS),
    G("departmentsAllowedToForward", "May forward to", "Where chats of it may go; empty: everywhere.", RECORD_REFS,
      RECORD_COMMAS, 0, .of = RECORD_DEPARTMENTS),
    G("maxNumberSimultaneousChat", "Chats per agent",
      "At the same time, of this department; 0: no limit of its own.", RECORD_NUMBER, 0, 0, .max = 100000),
    G("visitorInactivityTimeoutInSeconds", "Abandoned after",
      "Seconds of a visitor's silence; 0: as the settings say.", RECORD_NUMBER, 0, 0, .max = 31536000),
    F("abandonedRoomsCloseCustomMessage", "Abandoned comment",
      "Said when a chat ends because its visitor is gone.", RECORD_TEXT, 0, 0),
    F("waitingQueueMessage", "Waiting message", "Shown to visitors who wait in its queue.", RECORD_MULTILINE, 0, 0),
    F("usherSkills", "Skills", "That its chats need, separated by commas; those of the setting Usher_skills count.",
      RECORD_TEXT, 0, 0),
    G("usherQueueWeight", "Queue weight", "Turns in a row where queues are weighed; 0 counts as 1.", RECORD_NUMBER, 0, 0,
      .max = 100),
    G("businessHourId", "Business hour", "Its own times; set in Business hours.", RECORD_REF, FIXED, 0,
      .of = RECORD_HOURS),
    G("agents", "Agents", "Who serves it. A smaller order is chosen first; count is how many chats one got.",
      RECORD_LINKS, RECORD_ASIDE, 0, .of = RECORD_AGENTS),
};

static const struct record_field agents[] = {
    G("username", "Username", "A user of this server.", RECORD_REF, REQ | RECORD_ONCE | RECORD_BY_NAME, 16,
      .of = RECORD_USERS),
    F("name", "Name", NULL, RECORD_TEXT, FIXED, -1),
    F("emails.0.address", "E-mail", NULL, RECORD_TEXT, FIXED, 0),
    F("status", "Presence", NULL, RECORD_TEXT, FIXED, 9),
    G("statusLivechat", "Service", "Whether chats are routed to this agent.", RECORD_CHOICE, 0, 14,
      .choices = services),
    G("livechat.maxNumberSimultaneousChat", "Chats at most", "At the same time; 0: no limit of his own.",
      RECORD_NUMBER, 0, 6, .max = 100000),
    F("skills", "Skills", "Separated by commas; those of the setting Usher_skills count.", RECORD_TEXT, 0, 0),
    G("departments", "Departments", "Saving gives the links to them count 0 and order 0 again.", RECORD_REFS,
      RECORD_ASIDE, 0, .of = RECORD_DEPARTMENTS),
};

static const struct record_field managers[] = {
    G("username", "Username", "A user of this server.", RECORD_REF, REQ | RECORD_ONCE | RECORD_BY_NAME, 16,
      .of = RECORD_USERS),
    F("name", "Name", NULL, RECORD_TEXT, FIXED, -1),
    F("emails.0.address", "E-mail", NULL, RECORD_TEXT, FIXED, 24),
    F("status", "Presence", NULL, RECORD_TEXT, FIXED, 9),
};

static const struct record_field hours[] = {
    F("name", "Name", "Unique; the default one has none.", RECORD_TEXT, 0, 18),
    G("type", "For", NULL, RECORD_CHOICE, FIXED, 14, .choices = hour_types),
    G("active", "Active", "Only active hours open and close agents.", RECORD_BOOL, 0, 0, .initial = "true"),
    F("usher.state", "Now", NULL, RECORD_TEXT, FIXED | RECORD_IF_KNOWN, 23),
    F("usher.consequence", "If saved", NULL, RECORD_TEXT, FIXED | RECORD_IF_KNOWN, 0),
    G("timezone.name", "Time zone", "The week below is meant in this zone.", RECORD_ZONE, REQ, -1,
      .initial = "UTC"),
    F("workHours", "Week", "Open from … to …; an end before the start is on the next day.", RECORD_HOURS_OF_WEEK, 0, 0),
    F("exceptions", "Holidays", "2026-12-25 closed Christmas, or other times: 2026-12-24 09:00-13:00, 14:00-16:00",
      RECORD_HOLIDAYS, 0, 0),
    G("departments", "Departments", "Whose agents follow these hours; a department has one at most.", RECORD_REFS,
      RECORD_ASIDE, 0, .of = RECORD_DEPARTMENTS),
};

static const struct record_field canned[] = {
    F("shortcut", "Shortcut", "Typed behind ! in a message; unique.", RECORD_TEXT, REQ | RECORD_WORD, 16),
    G("scope", "For", "Who may use it.", RECORD_CHOICE, 0, 18, .choices = scopes),
    G("departmentId", "Department", "Only with scope department.", RECORD_REF, 0, 0, .of = RECORD_DEPARTMENTS),
    F("text", "Text",
      "{{contact.name}} {{contact.email}} {{contact.phone}} {{agent.name}} {{agent.email}} are filled in when it is sent.",
      RECORD_MULTILINE, REQ, -1),
    G("tags", "Tags", "To find it by.", RECORD_REFS, RECORD_BY_NAME | RECORD_FREE, 0, .of = RECORD_TAGS),
    F("createdBy.username", "Written by", NULL, RECORD_TEXT, FIXED, 12),
};

static const struct record_field custom_fields[] = {
    F("_id", "Field", "Its name in programs: letters, digits, - and _.", RECORD_TEXT,
      REQ | RECORD_ONCE | RECORD_NAME, 18),
    F("label", "Label", "What agents and visitors see.", RECORD_TEXT, REQ, -1),
    G("scope", "Belongs to", NULL, RECORD_CHOICE, 0, 12, .choices = field_scopes),
    G("visibility", "Visibility", "Whether agents see it.", RECORD_CHOICE, 0, 10, .choices = visibilities),
    G("type", "Kind", NULL, RECORD_CHOICE, 0, 0, .choices = field_types),
    F("options", "Options", "Separated by commas.", RECORD_TEXT, 0, 0),
    F("defaultValue", "Default", NULL, RECORD_TEXT, 0, 0),
    F("regexp", "Pattern", "A value must match it; empty: everything is good.", RECORD_REGEX, 0, 0),
    F("required", "Required", NULL, RECORD_BOOL, 0, 0),
    F("searchable", "Searchable", "Contacts are found by it.", RECORD_BOOL, 0, 10),
    F("public", "Public", "Visitors may fill it in on the registration form.", RECORD_BOOL, 0, 0),
};

static const struct record_field triggers[] = {
    F("name", "Name", NULL, RECORD_TEXT, REQ, 18),
    G("enabled", "Enabled", NULL, RECORD_BOOL, 0, 8, .initial = "true"),
    F("description", "Description", NULL, RECORD_TEXT, 0, -1),
    F("runOnce", "Only once", "Not a second time in the same browser.", RECORD_BOOL, 0, 9),
    G("conditions", "When", "One of them is enough.", RECORD_CONDITIONS, REQ, 26, .choices = conditions),
    G("actions", "Then", "What the visitor is greeted with, in this order.", RECORD_ACTIONS, REQ, 0, .choices = senders),
};

static const struct record_field tags[] = {
    F("name", "Name", "Unique.", RECORD_TEXT, REQ, 20),
    F("description", "Description", NULL, RECORD_TEXT, 0, -1),
    G("departments", "Departments", "Where it is offered; empty: everywhere.", RECORD_REFS, RECORD_ASIDE, 14,
      .of = RECORD_DEPARTMENTS),
};

static const struct record_field priorities[] = {
    F("name", "Name", "Unique.", RECORD_TEXT, REQ, 20),
    G("dueTimeInMinutes", "Due in minutes", "Unique; a shorter time is served first.", RECORD_NUMBER, REQ, 14,
      .min = 1, .max = 5256000),
    F("description", "Description", NULL, RECORD_TEXT, 0, -1),
};

static const struct record_field units[] = {
    F("name", "Name", NULL, RECORD_TEXT, REQ, 20),
    G("visibility", "Visibility", NULL, RECORD_CHOICE, 0, 10, .choices = unit_visibilities),
    F("numMonitors", "Monitors", NULL, RECORD_NUMBER, FIXED | RECORD_LIST_ONLY, 8),
    F("numDepartments", "Departments", NULL, RECORD_NUMBER, FIXED | RECORD_LIST_ONLY, 11),
    G("unitDepartments", "Departments", "A department belongs to one unit at most.", RECORD_REFS,
      REQ | RECORD_ASIDE, 0, .of = RECORD_DEPARTMENTS),
    G("unitMonitors", "Monitors", "They see the chats of these departments and no others.", RECORD_REFS,
      REQ | RECORD_ASIDE, 0, .of = RECORD_MONITORS),
};

static const struct record_field monitors[] = {
    G("username", "Username", "A user of this server.", RECORD_REF, REQ | RECORD_ONCE | RECORD_BY_NAME, 16,
      .of = RECORD_USERS),
    F("name", "Name", NULL, RECORD_TEXT, FIXED, -1),
    F("emails.0.address", "E-mail", NULL, RECORD_TEXT, FIXED, 24),
    F("status", "Presence", NULL, RECORD_TEXT, FIXED, 9),
};

static const struct record_field contacts[] = {
    F("name", "Name", NULL, RECORD_TEXT, REQ, 18),
    F("visitorEmails.0.address", "E-mail", NULL, RECORD_TEXT, RECORD_EMAIL, -1),
    F("phone.0.phoneNumber", "Phone", NULL, RECORD_TEXT, 0, 14),
    G("contactManager.username", "Contact manager", "The agent who gets the chats of this person.", RECORD_REF,
      RECORD_BY_NAME, 0, .of = RECORD_AGENTS),
    F("livechatData", "Custom fields", "One a line: field=value.", RECORD_TEXTS, RECORD_ASIDE, 0),
    F("username", "Known as", NULL, RECORD_TEXT, FIXED, 12),
    F("lastChat.ts", "Last chat", NULL, RECORD_TEXT, FIXED, 0),
};

static const struct record_field channels[] = {
    F("name", "Name", "Without #.", RECORD_TEXT, REQ | RECORD_ONCE | RECORD_WORD, 20),
    F("topic", "Topic", NULL, RECORD_TEXT, FIXED, -1),
    F("description", "Description", NULL, RECORD_TEXT, FIXED, 0),
    F("usersCount", "Members", NULL, RECORD_NUMBER, FIXED, 8),
    F("msgs", "Messages", NULL, RECORD_NUMBER, FIXED, 9),
    F("ro", "Read only", "Only its owners write.", RECORD_BOOL, RECORD_ONCE, 0),
    G("members", "Members", "Who is in it from the start, besides you.", RECORD_REFS,
      RECORD_ONCE | RECORD_BY_NAME | RECORD_ASIDE, 0, .of = RECORD_USERS),
    F("archived", "Archived", NULL, RECORD_BOOL, FIXED, 9),
};

static const struct record_field users[] = {
    F("username", "Username", "Unique.", RECORD_TEXT, REQ | RECORD_WORD, 16),
    F("name", "Name", NULL, RECORD_TEXT, REQ, -1),
    F("emails.0.address", "E-mail", NULL, RECORD_TEXT, REQ | RECORD_EMAIL, 0),
    G("roles", "Roles", "What one may do is said by the rights of the roles.", RECORD_REFS, REQ, 20,
      .of = RECORD_ROLES),
    G("active", "Active", "Others cannot log in.", RECORD_BOOL, 0, 7, .initial = "true"),
    F("password", "Password", "Empty: stays as it is.", RECORD_SECRET, RECORD_ASIDE, 0),
};

static const struct record_field roles[] = {
    F("_id", "Role", NULL, RECORD_TEXT, FIXED, 20),
    F("description", "Description", NULL, RECORD_TEXT, FIXED, -1),
    F("scope", "Scope", NULL, RECORD_TEXT, FIXED, 14),
    F("protected", "Protected", NULL, RECORD_BOOL, FIXED, 9),
};

static const struct record_field rights[] = {
    F("_id", "Right", NULL, RECORD_TEXT, FIXED, -1),
    G("roles", "Roles", "Who has it.", RECORD_REFS, 0, 30, .of = RECORD_ROLES),
};

/* Texts and switches of settings; the labels are theirs (rest 9). */
static const struct record_field appearance[] = {
    F("Livechat_title", NULL, NULL, RECORD_TEXT, 0, -1),
    F("Livechat_title_color", NULL, NULL, RECORD_COLOR, 0, 0),
    F("Livechat_enable_message_character_limit", NULL, NULL, RECORD_BOOL, 0, 0),
    F("Livechat_message_character_limit", NULL, NULL, RECORD_NUMBER, 0, 0),
    F("Livechat_show_agent_info", NULL, NULL, RECORD_BOOL, 0, 0),
    F("Livechat_show_agent_email", NULL, NULL, RECORD_BOOL, 0, 0),
    F("Livechat_registration_form", NULL, NULL, RECORD_BOOL, 0, 0),
    F("Livechat_name_field_registration_form", NULL, NULL, RECORD_BOOL, 0, 0),
    F("Livechat_email_field_registration_form", NULL, NULL, RECORD_BOOL, 0, 0),
    F("Livechat_registration_form_message", NULL, NULL, RECORD_MULTILINE, 0, 0),
    F("Livechat_display_offline_form", NULL, NULL, RECORD_BOOL, 0, 0),
    F("Livechat_offline_form_unavailable", NULL, NULL, RECORD_TEXT, 0, 0),
    F("Livechat_offline_title", NULL, NULL, RECORD_TEXT, 0, 0),
    F("Livechat_offline_title_color", NULL, NULL, RECORD_COLOR, 0, 0),
    F("Livechat_offline_message", NULL, NULL, RECORD_MULTILINE, 0, 0),
    F("Livechat_offline_email", NULL, NULL, RECORD_TEXT, 0, 0),
    F("Livechat_offline_success_message", NULL, NULL, RECORD_TEXT, 0, 0),
    F("Livechat_conversation_finished_message", NULL, NULL, RECORD_TEXT, 0, 0),
    F("Livechat_conversation_finished_text", NULL, NULL, RECORD_MULTILINE, 0, 0),
};

#define FIELDS(a) .fields = a, .field_count = COUNT_OF(a)

static const struct record_kind kinds[RECORD_KIND_COUNT] = {
    [RECORD_DEPARTMENTS] = {"departments", "Departments", "department",
                            "Groups of agents; visitors choose one, routing keeps to it.",
                            "view-livechat-departments|view-l-room", "manage-livechat-departments",
                            "manage-livechat-departments|remove-livechat-department",
                            "Its open chats stay with their agents; it is no longer offered to anybody.", "Delete",
                            FIELDS(departments)},
    [RECORD_AGENTS] = {"agents", "Agents", "agent", "Users who serve chats.", "manage-livechat-agents",
                       "manage-livechat-agents", "manage-livechat-agents",
                       "The user stays; he leaves all departments and gets no more chats.", "Remove", FIELDS(agents)},
    [RECORD_MANAGERS] = {"managers", "Managers", "manager", "Users who administer everything about live chat.",
                         "manage-livechat-agents", "manage-livechat-managers", "manage-livechat-managers",
                         "The user stays, without the role livechat-manager.", "Remove", .no_edit = true,
                         FIELDS(managers)},
    [RECORD_HOURS] = {"business-hours", "Business hours", "business hour",
                      "When agents are available: the default hours, and others for single departments.",
                      "view-livechat-business-hours", "view-livechat-business-hours", "view-livechat-business-hours",
                      "Its departments follow the default hours then.", "Delete", FIELDS(hours)},
    [RECORD_CANNED] = {"canned-responses", "Canned responses", "canned response",
                       "Answers that are written once and sent often.", "view-canned-responses",
                       "save-canned-responses", "remove-canned-responses", NULL, "Delete", FIELDS(canned)},
    [RECORD_CUSTOM_FIELDS] = {"custom-fields", "Custom fields", "custom field",
                              "What you want to know of visitors and chats besides name and address.",
                              "view-l-room", "view-livechat-manager", "view-livechat-manager",
                              "What was entered into it is no longer shown.", "Delete", FIELDS(custom_fields)},
    [RECORD_TRIGGERS] = {"triggers", "Triggers", "trigger", "Greetings that the widget says by itself.",
                         "view-livechat-manager", "view-livechat-manager", "view-livechat-manager",
                         "Widgets that are open keep it until their page is loaded again.", "Delete",
                         FIELDS(triggers)},
    [RECORD_TAGS] = {"tags", "Tags", "tag", "What a chat was about, said when it is closed.",
                     "view-l-room|manage-livechat-tags", "manage-livechat-tags", "manage-livechat-tags",
                     "Chats that have it keep it.", "Delete", FIELDS(tags)},
    [RECORD_PRIORITIES] = {"priorities", "Priorities", "priority", "How soon a chat must be answered (SLA).",
                           "manage-livechat-priorities|view-l-room", "manage-livechat-priorities",
                           "manage-livechat-priorities", "Open chats lose it and queue behind those with one.",
                           "Delete", FIELDS(priorities)},
    [RECORD_UNITS] = {"units", "Units", "unit",
                      "Departments together, watched by monitors. With the first unit, monitors see only theirs.",
                      "manage-livechat-units", "manage-livechat-units", "manage-livechat-units",
                      "Its departments and monitors stay, without a unit.", "Delete", FIELDS(units)},
    [RECORD_MONITORS] = {"monitors", "Monitors", "monitor", "Users who watch the chats of units.",
                         "manage-livechat-monitors", "manage-livechat-monitors", "manage-livechat-monitors",
                         "The user stays; he leaves all units.", "Remove", .no_edit = true, FIELDS(monitors)},
    [RECORD_CONTACTS] = {"contacts", "Contacts", "contact", "Visitors that are known by name.", "view-l-room",
                         "edit-omnichannel-contact|view-l-room", "view-livechat-manager",
                         "All chats, messages and files of this person are erased. There is no way back.", "Erase",
                         FIELDS(contacts)},
    [RECORD_CHANNELS] = {"channels", "Channels", "channel", "Rooms of the staff: offline messages, talk.",
                         "view-c-room", "create-c", "archive-room",
                         "It can still be read, and nobody writes in it.", "Archive", .no_edit = true,
                         FIELDS(channels)},
    [RECORD_USERS] = {"users", "Users", "user", "Who may log in, and in which roles.", "view-d-room",
                      "edit-other-user-info|create-user", "delete-user",
                      "His messages go, too; chats that he serves are closed or queued again.", "Delete",
                      FIELDS(users)},
    [RECORD_ROLES] = {"roles", "Roles", "role", "What users are; the rights of each stand in Permissions.", "", NULL,
                      NULL, NULL, "Delete", .no_edit = true, .no_new = true, FIELDS(roles)},
    [RECORD_RIGHTS] = {"permissions", "Permissions", "right", "Which roles have which rights.", "",
                       "access-permissions", NULL, NULL, "Delete", .no_new = true, FIELDS(rights)},
    [RECORD_APPEARANCE] = {"appearance", "Appearance", "appearance", "How the widget looks, with a preview.",
                           "view-livechat-manager", "view-livechat-manager", NULL, NULL, "Delete", .no_new = true,
                           FIELDS(appearance)},
};

const struct record_kind *record_kind(enum record_kind_no no)
{
    return &kinds[no];
}

int record_kind_find(const char *id)
{
    int i = 0;
    while (i < RECORD_KIND_COUNT && strcmp(kinds[i].id, id) != 0)
        i++;
    return i;
}

int record_field_find(const struct record_kind *k, const char *key)
{
    for (size_t i = 0; i < k->field_count; i++)
        if (strcmp(k->fields[i].key, key) == 0)
            return (int)i;
    return -1;
}
