"""The administration: screens and forms of records, over the made-up client. Golden screens as in test_ui_fake.py."""
import pytest

from test_ui_fake import SIZES, golden, start  # noqa: F401

SCREENS = ["departments", "agents", "managers", "business-hours", "canned-responses", "custom-fields", "triggers", "tags",
           "priorities", "units", "monitors", "contacts", "channels", "users", "roles", "permissions", "appearance"]
FORMS = ["departments", "agents", "business-hours", "canned-responses", "custom-fields", "triggers", "tags", "priorities",
         "units", "contacts", "users", "appearance"]


def show(console, screen):
    console.keys("\033x")
    console.wait("\n:")
    console.keys("show-admin %s\r" % screen)
    title = screen.replace("-", " ").capitalize()
    return console.wait("Administration · " + title)


def said(console, words):
    """Until the words stand in a line, whatever blanks are between them."""
    console.wait(lambda t: any(words in " ".join(line.split()) for line in t.split("\n")), words)


def size_id(size):
    return "%dx%d" % size


@pytest.mark.parametrize("size", SIZES, ids=size_id)
@pytest.mark.parametrize("screen", SCREENS)
def test_screen(start, screen, size):
    c = start(*size)
    show(c, screen)
    golden(c, "admin-%s-%dx%d" % ((screen,) + size))


@pytest.mark.parametrize("size", SIZES, ids=size_id)
@pytest.mark.parametrize("screen", FORMS)
def test_form(start, screen, size):
    c = start(*size)
    show(c, screen)
    c.keys("\r")
    c.wait("[ Save ]")
    golden(c, "admin-form-%s-%dx%d" % ((screen,) + size))


@pytest.mark.parametrize("size", SIZES, ids=size_id)
def test_delete_names_what_goes(start, size):
    c = start(*size)
    show(c, "departments")
    c.keys("\033[F", "d")
    text = c.wait("Delete this department?")
    assert "Department Billing: 4 agents, 2 open chats, Fallback of" in text
    golden(c, "admin-delete-%dx%d" % size)
    c.keys("n")
    c.wait(lambda t: "Delete this" not in t and "Billing" in t, "the question gone, the department not")
    c.keys("d")
    c.wait("Delete this department?")
    c.keys("\r")  # it begins on Cancel
    c.wait(lambda t: "Delete this" not in t and "Billing" in t, "Enter deletes nothing")
    c.keys("d")
    c.wait("Delete this department?")
    c.keys("y")
    c.wait("Deleted: department Billing")
    c.wait(lambda t: "Billing   " not in t, "the department gone")


def test_menu_and_keys(start):
    """Alt-9, down the menu, into a screen and back; Esc takes the filter away first, then goes to the menu."""
    c = start()
    c.keys("\0339")
    c.wait("▸ Administration · Departments")
    c.keys("\033[B" * 7)
    c.wait("Administration · Tags")
    c.keys("\r", "/quest\r")
    c.wait("Tags · quest")
    c.wait(lambda t: "1 of 2" in t and "Something" not in t, "the filter")
    c.keys("\033")
    c.wait("Something is broken")
    c.keys("\033[D", "\033[A")
    c.wait("Administration · Triggers")


def test_filter_and_sort_by_column(start):
    c = start(120, 40)
    show(c, "departments")
    c.keys("/enabled:no\r")
    c.wait("1 of 3")
    c.wait(lambda t: "Billing" in t and "Support" not in t, "only Billing")
    c.keys("\033")
    c.wait("Support")
    c.keys(":sort name\r")
    c.wait(lambda t: "Name ↓" in t and t.index("Billing ") < t.index("Support "), "sorted by name")
    c.keys(":sort nonsense\r")
    c.wait("There is no column nonsense")


def test_create_and_faults_at_their_field(start):
    c = start()
    show(c, "priorities")
    c.keys("c")
    c.wait("New priority")
    c.keys("\023")  # C-s
    text = c.wait("Name is needed")
    name = next(i for i, line in enumerate(text.split("\n")) if "Name*" in line)
    assert "Name is needed" in text.split("\n")[name + 1]
    c.keys("Normal\t")
    c.keys("soon\023")
    text = c.wait("Due in minutes is a whole number")
    due = next(i for i, line in enumerate(text.split("\n")) if "Due in minutes*" in line)
    assert "is a whole number" in text.split("\n")[due + 1]
    c.keys("\025", "90\r")
    text = c.wait("Another priority has this name")
    name = next(i for i, line in enumerate(text.split("\n")) if "Name*" in line)
    assert "Another priority" in text.split("\n")[name + 1]
    c.keys("\025", "Slow\r")
    c.wait("Saved: priority Slow")
    c.wait(lambda t: "90" in t and "[ Save ]" not in t, "the new one in the list")


def test_discard_is_asked(start):
    c = start()
    show(c, "tags")
    c.keys("\r")
    c.wait("Tag · bug")
    c.keys("gy", "\033")
    c.wait("Forget what was changed")
    c.keys("\r")
    c.wait(lambda t: "Forget what" not in t and "buggy" in t, "the form as it was")
    c.keys("\033")
    c.wait("Forget what was changed")
    c.keys("y")
    c.wait(lambda t: "Tag · bug" not in t and "buggy" not in t, "the form gone")


def test_department_agents(start):
    """Agents of a department: chosen by typing, with order and count; removed."""
    c = start(120, 40)
    show(c, "departments")
    c.keys("\r")
    c.wait("Department · Sales")
    c.keys("\033[Z" * 3)  # from the first field back over the buttons to the last
    said(c, "grace order 0 count 12")
    c.keys("a", "marg")
    c.wait("Margaret Hill")
    c.keys("\r")
    said(c, "margaret order 0 count 0")
    c.keys("+", "+")
    said(c, "margaret order 2 count 0")
    c.keys("e")
    c.wait("Of agents with as many chats")
    c.keys("\025", "5", "\t", "\025", "no\r")
    c.wait("Count is a whole number")
    c.keys("\025", "7\r")
    said(c, "margaret order 5 count 7")
    c.keys("\033[A", "d")
    c.wait(lambda t: "order 1  count 9" not in t, "linus gone")
    c.keys("\023")
    c.wait("Saved: department Sales")
    c.keys("\r", "\033[Z" * 3)
    said(c, "margaret order 5 count 7")


def test_week_is_painted(start):
    c = start(120, 40)
    show(c, "business-hours")
    c.keys("\r")
    c.wait("Business hour · Default")
    c.keys("\033[B" * 3)  # name, active, zone; then the week
    c.wait("Space paint")
    c.keys("\033[B" * 5)  # Saturday, at nine
    c.keys(" ")
    c.keys("\033[C" * 5)
    c.wait("09:00-12:00")
    c.keys(" ", "c")
    c.wait(lambda t: t.count("09:00-12:00") == 2, "Sunday like Saturday")
    c.keys("x")
    c.wait(lambda t: t.count("09:00-12:00") == 1, "Sunday closed")
    c.keys("e")
    c.wait("From-to, such as")
    c.keys("\025", "25:00-26:00\r")
    c.wait("Times from 00:00 to 24:00")
    c.keys("\025", "22:15-2:45\r")
    c.wait("22:15-02:45")
    c.keys("\023")
    c.wait("Saved: business hour Default")


def test_hours_say_how_they_stand(start):
    """What the form would do while it is filled in; several intervals a day and holidays; opening and closing by hand."""
    c = start(120, 40)
    show(c, "business-hours")
    c.keys("\r")
    c.wait("Business hour · Default")
    said(c, "Now open on 5 days")
    assert "If saved" not in c.text()
    c.keys("\t\t\t", "x")
    said(c, "Now open on 4 days")
    said(c, "If saved 2 agents will no longer be available")
    c.keys("x", "\033[C" * 6, " ", "\033[C", " ")     # a break from twelve to one, cut out of the day
    c.wait("08:00-12:00, 13:00-20:00")
    c.keys("\033[C" * 16, " ", "\033[C" * 2, " ")     # and an hour late at night
    c.wait("08:00-12:00, 13:00-20:00, 20:30-22:00")
    c.keys("e")
    c.wait("From-to, such as")
    c.keys("\025", "8:00-12:00 13:00\r")
    c.wait("Times from 00:00 to 24:00")
    c.keys("\025", "8-12\r")
    c.wait("Times from 00:00 to 24:00")
    c.keys("\025", "8:00-9:00, 10:00-24:00\r")
    c.wait("08:00-09:00, 10:00-24:00")
    c.keys("\t")
    c.wait("Enter add")
    c.keys("a")
    c.wait("2026-12-25 closed Christmas, or other times")
    c.keys("\025", "2026-12-25\r")
    c.wait("2026-12-25 is in the list already")
    c.keys("\025", "May Day\r")
    c.wait("A date comes first, such as 2026-12-24")
    c.keys("\025", "2027-05-01 10:00-12:00 May Day\r")
    said(c, "2027-05-01 10:00-12:00 May Day")
    c.keys("\023")
    c.wait("Saved: business hour Default")
    c.keys("X")
    c.wait("until the calendar's next change")
    c.keys("\033[B\r")
    c.wait("Closed by hand: business hour Default")
    said(c, "Now closed by hand")
    c.keys("O\r")
    c.wait("Opened by hand: business hour Default")
    c.wait("open by hand until 20:")
    c.keys("B")
    c.wait("The calendar decides again: business hour Default")
    said(c, "Now open until 20:00")
    show(c, "tags")
    c.keys("O")
    c.wait("This is for business hours")


def test_zone_is_searched(start):
    c = start()
    show(c, "business-hours")
    c.keys("\r")
    c.wait("Business hour · Default")
    c.keys("\t\t", "\r")
    c.wait("/")
    c.keys("sao_p")
    c.wait("America/Sao_Paulo")
    c.keys("\r")
    c.wait(lambda t: "Time zone*" in t and "America/Sao_Paulo" in t and " of " not in t.split("Time zone*")[1][:60],
           "the zone in its field")


def test_references_and_free_tags(start):
    c = start(120, 40)
    show(c, "canned-responses")
    c.keys("c")
    c.wait("New canned response")
    c.keys("where\t", "\033[C")
    c.wait("one department")
    c.keys("\t\t", "Soon.", "\023")
    c.wait("Department is needed")
    c.keys("\r", "bil")
    c.wait("Billing")
    c.keys("\r\t\t", "a", "another")
    c.wait("typed by you")
    c.keys("\r")
    c.wait("To find it by.")
    c.keys("parcel\r")
    c.wait("parcel")
    c.keys("\023")
    c.wait("Saved: canned response where")


def test_preview(start):
    """Placeholders filled; where there is no room beside, a key shows it."""
    c = start()
    show(c, "canned-responses")
    c.keys("\r")
    c.wait("M-v preview")
    c.keys("\033v")
    c.wait("Hello Vera Vogel, this is Grace Hopper.")
    c.keys("\033v")
    c.wait("Hello {{contact.name}}")


def test_missing_right(start):
    """What one may not do is shown with the right that is missing and who can grant it."""
    c = start(120, 40, env={"USHER_UIFAKE_MISSING": "manage-livechat-dep"})
    text = show(c, "departments")
    c.keys("c")
    c.wait("You may not make a department")
    golden(c, "admin-missing-right-120x40")
    c.keys("\r")
    c.wait(lambda t: "Not allowed" not in t)
    c.keys("d")
    c.wait("You may not delete a department")
    c.keys("\r")
    c.wait(lambda t: "Not allowed" not in t)
    c.keys("\r")
    text = c.wait(lambda t: "Department · Sales" in t and "[ Close ]" in t)
    assert "[ Save ]" not in text
    assert "You may not change a department: the right manage-livechat-departments is missing." in text
    assert "Who can grant it: admin." in text.replace("\n", " ")


def test_right_to_see_is_missing(start):
    c = start(env={"USHER_UIFAKE_MISSING": "business-hours"})
    show(c, "business-hours")
    text = " ".join(line[21:].strip() for line in c.text().split("\n"))
    assert "You may not see business hours: the right view-livechat-business-hours is missing." in text
    assert "It belongs to the roles: admin, livechat-manager. Who can grant it: admin." in text


@pytest.mark.parametrize("size", SIZES, ids=size_id)
def test_empty_says_what_to_press(start, size):
    c = start(*size, env={"USHER_UIFAKE_EMPTY": "1"})
    show(c, "tags")
    c.wait("c makes the first one.")
    golden(c, "admin-empty-%dx%d" % size)
    c.keys("c")
    c.wait("New tag")


def test_empty_without_the_right_to_make_one(start):
    """Nobody is told to press a key that is refused."""
    c = start(env={"USHER_UIFAKE_EMPTY": "1", "USHER_UIFAKE_MISSING": "manage-livechat-dep"})
    show(c, "departments")
    text = " ".join(line[21:].strip() for line in c.wait("There is no department yet").split("\n"))
    assert "You may not make a department: the right manage-livechat-departments is missing." in text
    assert "Who can grant it: admin." in text and "c makes the first one" not in text


def test_permissions(start):
    """Toggled with Space, gathered, named before they are saved."""
    c = start(120, 40)
    show(c, "permissions")
    c.keys("\033[C", " ", "\033[B", " ")
    c.wait("2 changed, S saves")
    c.keys("\033[C", " ", " ")
    c.wait("2 changed, S saves")
    c.keys("S")
    text = c.wait("Change 2 rights for everybody, at once?")
    assert "access-permissions: +user" in text and "manage-livechat-departments: +user" in text
    golden(c, "admin-permissions-save-120x40")
    c.keys("y")
    c.wait("Saved: the rights hold from now on")
    c.wait(lambda t: "changed, S saves" not in t, "no changes left")
    c.keys(" ", "D")
    c.wait("Forget the change of 1 right?")
    c.keys("\r")
    c.wait(lambda t: "Forget the change" not in t and "1 changed, S saves" in t, "Enter keeps it")
    c.keys("D", "y")
    c.wait(lambda t: "changed, S saves" not in t, "discarded")


def test_permissions_of_two_people(start):
    """The second is told which rights the other one changed, and chooses; what only one of them changed stays."""
    c = start(120, 40)
    show(c, "permissions")

    def toggle_and_save():
        c.keys("\033[H", "\033[B", "\033[B", " ")  # view-l-room, the role user
        c.wait("1 changed, S saves")
        c.keys("S")
        c.wait("Change 1 right for everybody")

    c.keys("\033[C")
    toggle_and_save()
    c.tell("record permissions access-permissions roles=admin;user")      # another right: nobody's business
    c.keys("y")
    c.wait("Saved: the rights hold from now on")
    toggle_and_save()
    c.tell("record permissions view-l-room roles=admin;user;livechat-agent")
    c.keys("y")
    text = c.wait("Changed meanwhile")
    assert "Somebody else changed the same rights meanwhile" in text and "both changes" in text
    c.keys("\033[C")
    c.wait("theirs: -livechat-manager -livechat-monitor")
    c.keys("\033[C")
    c.wait("mine: -user")
    c.keys("\033")
    c.wait(lambda t: "Changed meanwhile" not in t and "1 changed, S saves" in t, "still to be saved")
    c.keys("S")
    c.wait("Change 1 right for everybody")
    c.keys("y")
    c.wait("both changes")
    c.keys("\r")
    c.wait("Saved: the rights hold from now on")
    row = next(line for line in c.text().split("\n") if "view-l-room" in line)
    assert row.split("view-l-room")[1].split()[:5] == ["●", "·", "●", "·", "·"], row


def test_changes_by_others_show_up(start):
    c = start()
    show(c, "tags")
    c.wait("question")
    c.tell("tag urgent")
    c.wait("urgent")


def test_command_line(start):
    c = start()
    c.keys("\033x", "show-admin bus\t")
    c.wait(":show-admin business-hours")
    c.keys("\r")
    c.wait("Late shift")
    c.keys("\033x", "record-edit La\t\r")
    c.wait("Business hour · Late shift")
    c.keys("\033")
    c.wait(lambda t: "Business hour ·" not in t)
    c.keys("\033x", "record-new tags\r")
    c.wait("New tag")
    c.keys("\033")
    c.keys("\033x", "record-delete no such thing\r")
    c.wait("There is no such")


def test_channel_is_read_beside_the_chats(start):
    c = start()
    show(c, "channels")
    c.keys("J")
    c.wait("You are a member of general")
    c.keys("d")
    c.wait("Archive this channel?")


@pytest.mark.parametrize("cols,rows", [(60, 16), (59, 16), (44, 12), (200, 60)])
def test_odd_sizes(start, cols, rows):
    c = start(cols, rows)
    show(c, "departments")
    c.wait("Sales")
    c.keys("\r")
    c.wait("Name*")
    c.keys("\033[Z" * 3)
    c.wait("order 0")
    assert all(len(line) <= cols for line in c.text().split("\n"))


def test_resize_keeps_what_was_typed(start):
    c = start(120, 40)
    show(c, "departments")
    c.keys("\r")
    c.wait("Department · Sales")
    c.keys(" and more")
    for cols, rows in ((60, 16), (44, 12), (30, 8), (120, 40)):
        c.size(cols, rows)
        c.wait("Sales and more" if cols >= 40 else "usher needs at least")
    c.keys("\023")
    c.wait("Saved: department Sales and more")


def test_two_administrators_in_one_record(start):
    """What only the other changed is taken over; what both changed is asked for, field by field."""
    c = start()
    show(c, "tags")
    c.keys("\r")
    c.wait("Tag · bug")
    c.keys("gy", "\t", "\025", "Mine")
    c.wait("Mine")
    c.tell("record tags g0 description=Theirs")
    c.keys("\023")
    text = c.wait("Changed meanwhile")
    assert "theirs: Theirs" in text and text.count("theirs:") == 1
    c.keys("\033")
    c.wait(lambda t: "Changed meanwhile" not in t and "buggy" in t and "Mine" in t, "the form as it was")
    c.keys("\023")
    c.wait("Changed meanwhile")
    c.keys("\033[C")
    c.wait("mine: Mine")
    c.keys("\r")
    c.wait("Saved: tag buggy")
    said(c, "buggy Mine")
    c.keys("\r")
    c.wait("Tag · buggy")
    c.keys("\t", "\025", "Other words")
    c.wait("Other words")
    c.tell("record tags g0 description=Their words")
    c.keys("\023")
    c.wait("theirs: Their words")
    c.keys("\r")
    c.wait("Saved: tag buggy")
    said(c, "buggy Their words")


def test_what_only_others_changed_is_kept(start):
    """Saving a department does not put back the counts of its agents, nor any field that was not touched."""
    c = start(120, 40)
    show(c, "departments")
    c.keys("\r")
    c.wait("Department · Sales")
    c.keys(" and more")
    c.wait("Sales and more")
    c.tell("record departments d0 agents=u-grace grace 40 0;u-linus linus 41 1")
    c.tell("record departments d0 email=new@example.com")
    c.keys("\023")
    c.wait("Saved: department Sales and more")
    c.keys("\r")
    c.wait("Department · Sales and more")
    c.wait("new@example.com")
    c.keys("\033[Z" * 3)
    said(c, "grace order 0 count 40")
    said(c, "linus order 1 count 41")


def test_vi_keys_inside_forms(start):
    """j, k, h and l move in lists, in the week and over choices too."""
    c = start(120, 40)
    c.keys(":keymap vi\r")
    show(c, "business-hours")
    c.keys("\r")
    c.wait("Business hour · Default")
    c.keys("\t")
    c.wait("‹ yes ›")
    c.keys("l")
    c.wait("‹ no ›")
    c.keys("h", "j", "\t")
    c.wait("Space paint")
    c.keys("jjjjj", " ", "lllll")
    c.wait("09:00-12:00")
    c.keys(" ", "k", "x")
    c.wait(lambda t: t.count("·· closed") == 2, "Friday closed, Saturday open")
    c.keys("\023")
    c.wait("Saved: business hour Default")
    show(c, "departments")
    c.keys("\r")
    c.wait("Department · Sales")
    c.keys("\033[Z" * 3)
    said(c, "grace order 0 count 12")
    c.keys("j", "+")
    said(c, "linus order 2 count 9")
    c.keys("k", "+")
    said(c, "grace order 1 count 12")


def test_all_conditions_and_actions_of_a_trigger(start):
    """Each is changed, added or taken away by itself."""
    c = start(120, 40)
    show(c, "triggers")
    c.keys("\r")
    c.wait("Trigger · Prices")
    said(c, "When* seconds on the page: 30, or the page's address matches /prices")
    said(c, "Then* the next agent: Can I help you to choose?")
    c.keys("\t" * 4)
    c.wait("Enter add")
    c.keys("e")
    c.wait("Condition")
    c.keys("\t", "\x15" + "soon\r")
    c.wait("Seconds are a whole number")
    c.keys("\x15" + "45\r")
    said(c, "seconds on the page: 45")
    c.keys("a")
    c.wait("Condition")
    c.keys("\033[C" * 2)
    c.wait("the visitor opens the chat")
    c.keys("\r")
    c.wait(lambda t: "Condition" not in t and "the visitor opens the chat" in t, "three conditions")
    c.keys("\033[A", "d")
    c.wait(lambda t: "/prices" not in t.split("Then*")[0].split("When*")[1], "two conditions")
    c.keys("\t", "a")
    c.wait("Greeting")
    c.keys("\033[C", "\t", "Look around\r")
    c.wait("The sender's name is needed")
    c.keys("\t", "Ada\r")
    said(c, "Ada: Look around")
    c.keys("\x13")
    c.wait("Saved: trigger Prices")
    c.keys("\r")
    said(c, "When* seconds on the page: 45, or the visitor opens the chat")
    said(c, "Then* the next agent: Can I help you to choose?; Ada: Look around")


def test_painting_is_kept_or_taken_back(start):
    """Esc ends painting and not the form; going on and saving keep what is painted."""
    c = start(120, 40)
    show(c, "business-hours")
    c.keys("\r")
    c.wait("Business hour · Default")
    c.keys("\033[B" * 3)
    c.wait("Space paint")
    c.keys("\033[B" * 5, " ", "\033[C" * 5)
    c.wait("09:00-12:00")
    c.keys("\007")
    c.wait(lambda t: "09:00-12:00" not in t and "Business hour · Default" in t, "the painting taken back")
    c.keys(" ", "\033[C")
    c.wait("11:30-12:30")
    c.keys("\t")
    c.wait("closed Christmas, or other times")
    c.wait("11:30-12:30")
    c.keys("\033[Z")
    c.wait("Space paint")
    c.keys("\033[B", " ", "\033[C")
    c.wait("12:00-13:00")
    c.keys("\023")
    c.wait("Saved: business hour Default")
    c.keys("\r")
    c.wait("Business hour · Default")
    c.wait("12:00-13:00")


def test_copy_is_not_what_the_server_made_of_the_first(start):
    c = start(120, 40)
    show(c, "business-hours")
    c.keys("y")
    c.wait("New business hour")
    said(c, "For departments")
    c.wait("Default-2")
