"""Nothing configured: Auto Selection, no waiting queue."""


def test_arrives_assigned(world):
    """The chat comes to the online agent by itself."""
    world.start()
    world.admin.add_agent("alma", name="Alma Agent")
    console = world.console("alma")
    console.wait("Nobody is waiting")
    page = world.page()
    page.load().open().register("Vera Vogel", "vera@example.org").say("Are you there?")
    console.wait("Vera Vogel")
    page.see("Alma Agent")
    console.send("\x1bOQ")  # F2, the chats
    console.wait("Vera Vogel").send("\r")
    console.wait("Are you there?")
    console.send("\x1ba" if "Message" not in console.text() else "")
    console.wait("Message")
    console.send("Yes, I am\r")
    page.wait_message("Yes, I am", mine=False)
    page.say("Fine")
    console.wait("Fine")


def test_nobody_online(world):
    """The offline form; with an agent online after that, the chat. By default presence does not count, so an agent is
    always there once he is made: here it counts."""
    world.start(Livechat_enabled_when_agent_idle=False)
    world.admin.add_agent("alma", name="Alma Agent")
    page = world.page()
    page.load()
    page.open()
    page.until(lambda: page.all("[name=message]"), "the offline form")
    assert not page.all("[contenteditable]")
    console = world.console("alma")
    page.terminals = world.consoles
    console.wait("Nobody is waiting")
    page.reload().open()
    page.register("Vera Vogel", "vera@example.org").say("Now?")
    console.wait("Vera Vogel")
