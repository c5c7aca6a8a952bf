#!/usr/bin/env python3
"""The chat page in a browser: it streams, loses nothing when lines are cut and servers die, and everybody can use it."""

import json
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from page import Page  # noqa: E402
from talker import installation  # noqa: E402
import browser  # noqa: E402
import npm  # noqa: E402
from gate import Gate  # noqa: E402
from harness import until  # noqa: E402
from stand_ins import LlmStandIn  # noqa: E402

WORDS = " ".join(f"word{n}" for n in range(120))
PLAIN = """
title: Chat
persona: You talk with one person by text message.
"""


class ChatPage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if reason := browser.missing() or npm.install():
            raise unittest.SkipTest(reason)
        cls.llm = LlmStandIn()
        cls.addClassCleanup(cls.llm.close)
        cls.troupe = installation(cls.llm, agents=[("plain", PLAIN)])
        cls.addClassCleanup(cls.troupe.close)
        cls.troupe.start()
        cls.gate = Gate(cls.troupe.port)
        cls.addClassCleanup(cls.gate.close)
        cls.page = Page(cls)
        cls.users = 0

    def setUp(self):
        type(self).users += 1
        self.user = f"user-{self.users}"
        self.llm.control("forget", {})
        self.llm.behave({"behaviour": "ok", "text": "Fine, thanks."})

    def token(self, **claims):
        return self.troupe.token(user=self.user, **claims)

    def talk(self, url=None, **options):
        self.page.open(url or self.troupe.url, self.token(), **options)
        return self.page

    def paced(self, seconds=0.02):
        self.llm.behave({"behaviour": "paced", "seconds": seconds, "text": WORDS})

    # -- streaming, and what may go wrong with it ----------------------------------------------------------------------

    def test_a_reply_comes_word_by_word_and_is_read_out_once_it_is_whole(self):
        page = self.talk()
        self.paced()
        page.say("Hello")
        page.streaming()
        page.picture("streaming")
        page.replied(1)
        self.assertEqual(page.messages(), [["user", "Hello"], ["assistant", WORDS]])
        page.wait("find('said').textContent.includes('word119')")
        self.assertEqual([line for line in page.said_aloud() if "word" in line], [f"Chat: {WORDS}"])
        self.assertEqual(page.browser.order("said"), [])

    def test_what_was_said_is_there_after_a_reload(self):
        page = self.talk()
        page.say("Hello")
        page.replied(1)
        page.evaluate("location.reload()")
        page.wait("document.querySelectorAll('#messages > li').length === 2")
        self.assertEqual(page.messages(), [["user", "Hello"], ["assistant", "Fine, thanks."]])

    def test_a_reload_amid_a_reply_finds_the_rest(self):
        page = self.talk()
        self.paced()
        page.say("Hello")
        page.streaming()
        page.evaluate("location.reload()")
        page.wait("document.querySelector('#messages > .assistant')")
        page.replied(1)
        self.assertEqual(page.messages(), [["user", "Hello"], ["assistant", WORDS]])

    def test_a_reply_goes_on_without_loss_or_repetition_when_the_line_is_cut(self):
        page = self.talk(self.gate.url)
        self.paced(0.04)
        page.say("Hello")
        for length in (60, 250, 450):
            page.streaming(length)
            self.gate.cut()
            page.wait("find('state').textContent !== 'Connected'")
            page.connected()
        page.replied(1)
        self.assertEqual(page.messages(), [["user", "Hello"], ["assistant", WORDS]])
        self.assertEqual(len(self.llm.calls()), 1)

    def test_a_server_killed_amid_a_reply_makes_it_anew_and_it_is_shown_once(self):
        page = self.talk()
        self.paced(0.04)
        page.say("Hello")
        page.streaming()
        self.troupe.kill()
        page.wait("find('state').className === 'fault'")
        page.picture("lost")
        self.troupe.start()
        page.replied(1)
        self.assertEqual(page.messages(), [["user", "Hello"], ["assistant", WORDS]])

    def test_a_message_said_without_a_connection_waits_and_is_sent_once(self):
        page = self.talk(self.gate.url)
        self.gate.shut()
        self.addCleanup(self.gate.open)
        page.wait("find('state').className === 'fault'")
        page.say("Are you there?")
        page.shows(".waits .mark", "Waits for a connection")
        page.picture("waiting")
        self.gate.open()
        page.evaluate("dispatchEvent(new Event('online'))")
        page.replied(1)
        self.assertEqual(page.messages(), [["user", "Are you there?"], ["assistant", "Fine, thanks."]])
        self.assertEqual(len(self.llm.calls()), 1)

    def test_a_message_that_waits_survives_a_reload(self):
        page = self.talk(self.gate.url)
        self.addCleanup(self.gate.open)
        page.evaluate("socket.send = () => {}")  # what is sent never arrives
        page.say("Keep this")
        page.wait("document.querySelector('.waits')")
        page.evaluate("location.reload()")
        page.replied(1)
        self.assertEqual(page.messages(), [["user", "Keep this"], ["assistant", "Fine, thanks."]])

    def test_a_message_whose_answer_got_lost_is_sent_again_and_answered_once(self):
        page = self.talk(self.gate.url)
        page.evaluate("{ const real = socket.send.bind(socket);"
                      " socket.send = text => { real(text); socket.onmessage = null; }; }")
        page.say("Hello")
        until(self.llm.calls, "the message is answered")
        self.gate.cut()
        page.replied(1)
        self.assertEqual(page.messages(), [["user", "Hello"], ["assistant", "Fine, thanks."]])
        self.assertEqual(len(self.llm.calls()), 1)

    def test_two_devices_see_the_same(self):
        page = self.talk()
        other = Page(type(self))
        other.open(self.troupe.url, self.token(), width=360, height=640)
        self.paced()
        page.say("Hello")
        other.streaming()
        other.replied(1)
        page.replied(1)
        other.say("And from here")
        page.replied(2)
        other.replied(2)
        self.assertEqual(page.messages(), other.messages())
        self.assertEqual(page.messages()[2], ["user", "And from here"])
        other.browser.close()

    def test_a_reply_is_stopped(self):
        page = self.talk()
        self.paced(0.05)
        page.say("Hello")
        page.streaming()
        page.evaluate("find('stop').click()")
        page.replied(1)
        page.shows("#messages > .assistant .mark", "Stopped")
        said = page.messages()[1][1]
        self.assertTrue(WORDS.startswith(said) and 60 < len(said) < len(WORDS), said)

    def test_a_run_that_fails_is_told_and_can_be_tried_again(self):
        page = self.talk()
        page.say("Hello")
        page.replied(1)
        page.evaluate("take({type: 'RUN_ERROR', message: 'The budget is used up.', code: 'budget'})")
        page.shows("#messages > .told.fault", "The budget is used up.")
        page.picture("error")
        page.evaluate("document.querySelector('#messages > .told.fault button').click()")
        page.replied(2)
        self.assertEqual(page.messages()[2], ["user", "Hello"])

    def test_over_the_limit_a_message_waits_for_its_turn(self):
        with installation(self.llm, agents=[("plain", PLAIN)], settings={"limits": {"messages_per_minute": 2, "requests_per_minute": 0}}) as other:
            other.start()
            self.page.open(other.url, other.token(user="hasty"))
            for text in ("one", "two", "three", "four"):
                self.page.say(text)
            self.page.shows(".waits .mark", "Too many messages in a minute")

    # -- who talks -----------------------------------------------------------------------------------------------------

    def test_it_asks_for_a_token_and_says_when_one_is_wrong(self):
        page = self.page
        page.open(self.troupe.url)
        page.evaluate("sessionStorage.clear(), localStorage.clear(), location.reload()")
        page.wait("!find('asking').hidden && document.activeElement.id === 'token'")
        page.picture("token")
        self.assertEqual(page.faults(), [])
        page.browser.order("type", text="wrong")
        page.browser.press("Enter")
        page.shows("#state", "isn't a token")
        page.browser.order("type", text=self.token()[:-8] + "AAAAAAAA")
        page.browser.press("Enter")
        page.shows("#state", "isn't valid")
        page.browser.order("type", text=self.token())
        page.browser.press("Enter")
        page.connected()
        self.assertEqual(page.evaluate("location.hash + localStorage.length"), "0")

    def test_a_token_that_expires_is_told_before_and_a_new_one_goes_on(self):
        page = self.page
        page.open(self.troupe.url, self.troupe.token(user=self.user, ttl=45))
        page.shows("#notice", "expires soon")
        page.say("Hello")
        page.replied(1)
        page.evaluate("take({type: 'CUSTOM', name: 'token_expired', value: {}}), socket.onclose({code: 4401})")
        page.wait("!find('asking').hidden")
        page.evaluate("find('token').focus()")
        page.browser.order("type", text=self.token())
        page.browser.press("Enter")
        page.connected()
        page.say("Still here")
        page.replied(2)
        self.assertEqual(page.messages()[0], ["user", "Hello"])

    # -- what is shown -------------------------------------------------------------------------------------------------

    def test_hostile_text_stays_text(self):
        hostile = ("<script>window.ran = 1</script><img src=x onerror=\"window.ran = 2\"> [a](javascript:alert(3)) "
                   "[b](data:text/html,<b>x</b>) ![c](https://elsewhere.example/c.png) [d](vbscript:x) "
                   "[e](https://ok.example/\"onmouseover=\"alert(4)) <iframe src=//elsewhere.example></iframe>")
        page = self.talk()
        self.llm.behave({"behaviour": "ok", "text": f"{hostile}\n\n```html\n{hostile}\n```\n\n- {hostile}\n\n| {hostile} |"})
        page.say(hostile)
        page.replied(1)
        page.picture("hostile")
        self.assertIsNone(page.evaluate("window.ran"))
        self.assertEqual(page.evaluate("document.querySelectorAll('main :is(script, img, iframe, style, svg)').length"), 0)
        hrefs = page.evaluate("[...document.querySelectorAll('#messages a')].map(a => a.protocol + a.rel + a.target)")
        self.assertEqual(set(hrefs), {"https:noopener noreferrer nofollow_blank"})
        self.assertIn("<script>window.ran = 1</script>", page.text())
        self.assertEqual(page.browser.order("said"), [])

    def rendered(self, markdown):
        return self.page.evaluate("(() => { const box = document.createElement('div');"
                                  f" render(box, {json.dumps(markdown)}); return box.innerHTML; }})()")

    def test_markdown_becomes_what_it_means(self):
        self.talk()
        link = '<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>'
        for markdown, html in (
                ("**bold** *em* __b__ _e_ ~~gone~~ `a*b*`",
                 "<p><strong>bold</strong> <em>em</em> <strong>b</strong> <em>e</em> <del>gone</del> <code>a*b*</code></p>"),
                ("snake_case_name 2*3*4", "<p>snake_case_name 2<em>3</em>4</p>"),
                ("***both***", "<p><strong><em>both</em></strong></p>"),
                ("a * b * c ** d", "<p>a * b * c ** d</p>"),
                (r"\*no\* 1\. x", "<p>*no* 1. x</p>"),
                ("one\ntwo", "<p>one<br>two</p>"),
                ("# Top\ntext", "<h3>Top</h3><p>text</p>"),
                ("- a\n- b\n  - c\n- d", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>"),
                ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
                ("Well:\n* a\n\n* b", "<p>Well:</p><ul><li>a</li><li>b</li></ul>"),
                ("> said\n> more", "<blockquote><p>said<br>more</p></blockquote>"),
                ("---", "<hr>"),
                ("[a](https://a.example/x_(y))", f"<p>{link.format('https://a.example/x_(y)', 'a')}</p>"),
                ("see https://a.example/x.", f"<p>see {link.format('https://a.example/x', 'https://a.example/x')}.</p>"),
                ("[m](mailto:a@b.example)", f"<p>{link.format('mailto:a@b.example', 'm')}</p>"),
                ("[r](/relative)", "<p>[r](/relative)</p>"),
                ("```\na < b\n```\nx", '<pre tabindex="0" role="group"><code>a &lt; b</code></pre><p>x</p>')):
            with self.subTest(markdown):
                self.assertEqual(self.rendered(markdown), html)
        table = self.rendered("| a | b |\n| --- | :-: |\n| 1 | **2** |")
        self.assertIn("<thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><strong>2</strong></td></tr>", table)

    def test_markdown_made_to_hang_a_parser_doesnt(self):
        self.talk()
        for piece in ("[", "[a](", "**a ", "*a", "_a_b", "`", "> ", "- ", "| a ", "[a](b", "~~", "\\", "![", "<", "1. ", "# ",
                      "https://x", "***", "a`b``c", "```\n", "[a](x \""):
            for text in (piece * 5000, (piece + "\n") * 2000):
                self.page.evaluate(f"render(document.createElement('div'), {json.dumps(text)})")

    def test_the_policy_lets_nothing_in_but_the_pages_own_script_style_and_line(self):
        answer = self.troupe.get("/")
        policy = answer.headers["Content-Security-Policy"]
        self.assertRegex(policy, r"^default-src 'none'; script-src 'sha256-[^ ;]+'; style-src 'sha256-[^ ;]+'; img-src data:;"
                                 rf" connect-src 'self' ws://127.0.0.1:{self.troupe.port} wss://127.0.0.1:{self.troupe.port};")
        self.assertNotIn("unsafe", policy)
        self.assertNotIn("evil", self.troupe.get("/", {"Host": "evil;script-src*"}).headers["Content-Security-Policy"])
        page = self.talk()
        page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
        self.assertIsNone(page.evaluate("window.ran"))
        self.assertTrue(any("Content Security Policy" in line for line in page.browser.order("said")))

    # -- everybody -----------------------------------------------------------------------------------------------------

    def test_a_phone_in_the_dark_shows_it_all_without_scrolling_sideways(self):
        page = self.talk(width=360, height=640, dark=True)
        self.llm.behave({"behaviour": "ok", "text": f"{'long' * 60}\n\n```\n{'x' * 300}\n```\n\n| a | {'b' * 90} |\n| - | - |"})
        page.say("Hello")
        page.replied(1)
        page.picture("phone_dark")
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 360)
        self.assertLessEqual(page.evaluate("document.documentElement.scrollHeight"), 640)
        dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
        self.assertLess(sum(map(int, re.findall(r"\d+", dark)[:3])), 3 * 64)
        self.assertEqual(page.faults(), [])

    def test_the_keyboard_is_enough(self):
        page = self.talk()
        page.evaluate("document.activeElement.blur()")
        page.browser.press("Tab")
        self.assertIn("Skip to your message", page.evaluate("document.activeElement.textContent"))
        page.browser.press("Enter")
        page.wait("document.activeElement.id === 'text' || location.hash === '#text'")
        page.say("Hello")
        page.replied(1)
        for _ in range(20):
            page.browser.press("Tab")
            if page.evaluate("document.activeElement.getAttribute('aria-label')") == "More":
                break
        page.browser.press("Enter", "Tab", "Tab")
        self.assertEqual(page.evaluate("document.activeElement.id"), "over")
        page.browser.press("Enter")
        page.wait("find('sure').open")
        page.picture("sure")
        self.assertEqual(page.faults(), [])
        page.browser.press("Escape")
        page.wait("!find('sure').open")

    def test_starting_over_is_asked_and_leaves_nothing(self):
        page = self.talk()
        page.say("Forget this")
        page.replied(1)
        page.evaluate("find('over').click()")
        page.evaluate("find('sure-yes').click()")
        page.wait("document.querySelectorAll('#messages > li').length === 0 && find('state').textContent === 'Connected'")
        page.say("Anew")
        page.replied(1)
        self.assertEqual(page.messages(), [["user", "Anew"], ["assistant", "Fine, thanks."]])

    def test_starting_over_elsewhere_is_told_here(self):
        page = self.talk()
        page.say("Hello")
        page.replied(1)
        other = Page(type(self))
        other.open(self.troupe.url, self.token())
        other.evaluate("find('over').click()")
        other.evaluate("find('sure-yes').click()")
        page.shows("#notice", "has been deleted")
        page.evaluate("find('notice').querySelector('button').click()")
        page.wait("document.querySelectorAll('#messages > li').length === 0 && find('state').textContent === 'Connected'")
        other.browser.close()

    def test_the_conversation_is_downloaded(self):
        page = self.talk()
        page.say("Remember this")
        page.replied(1)
        page.evaluate("URL.createObjectURL = blob => { blob.text().then(text => { window.saved = text; }); return '#'; };"
                      " find('export').click()")
        page.wait("window.saved")
        self.assertIn("Remember this", json.dumps(json.loads(page.evaluate("window.saved"))))


if __name__ == "__main__":
    unittest.main()
