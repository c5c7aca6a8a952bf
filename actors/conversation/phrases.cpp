#include "actors/conversation/phrases.hpp"

#include <array>

#include "actors/text/text.hpp"

namespace troupe::actors::conversation {

namespace {

using words = std::string_view;

constexpr std::array<words, 5> english_thanks{"Got it.", "Thanks, noted.", "Great, thank you.", "Okay, I have that.",
                                              "Perfect."};
constexpr std::array<words, 3> english_unclear{"Sorry, I didn't quite get that.",
                                               "I'm not sure I understood you there.", "Let me ask that another way."};

constexpr phrases english{
    .thanks = english_thanks,
    .unclear = english_unclear,
    .between = "For {label} I can only take values from {min} to {max}{unit}.",
    .at_least = "For {label} I need at least {min}{unit}.",
    .at_most = "For {label} I can take at most {max}{unit}.",
    .one_of = "Please choose one of these: {choices}.",
    .not_valid = "That value doesn't work for {label}.",
    .skipped = "No problem, we'll skip that.",
    .needed = "I understand, but I do need to know your {label} to go on.",
    .left_open = "Let's leave that open; you can tell me any time.",
    .corrected = "All right, I've changed {label} to {value}.",
    .summary = "Here is what I have so far:",
    .nothing_known = "I don't know anything about you yet.",
    .cannot_answer = "I can't answer questions just now, but I'll gladly go on with mine.",
    .part_done = "That's everything I need for this part.",
    .all_done = "We've covered everything. Tell me if anything should be changed.",
    .no_model =
        "I can't think properly right now because my language model doesn't answer. Your message is kept; please "
        "try again in a little while.",
    .yes = "yes",
    .no = "no",
};

constexpr std::array<words, 4> german_thanks{"Alles klar.", "Danke, notiert.", "Prima, danke.", "Gut, habe ich."};
constexpr std::array<words, 3> german_unclear{"Das habe ich leider nicht verstanden.",
                                              "Da bin ich mir nicht sicher, was gemeint ist.",
                                              "Noch einmal anders gefragt:"};

constexpr phrases german{
    .thanks = german_thanks,
    .unclear = german_unclear,
    .between = "{label}: möglich ist {min} bis {max}{unit}.",
    .at_least = "{label}: mindestens {min}{unit}.",
    .at_most = "{label}: höchstens {max}{unit}.",
    .one_of = "Zur Auswahl stehen: {choices}.",
    .not_valid = "{label}: Dieser Wert passt leider nicht.",
    .skipped = "Kein Problem, das lassen wir aus.",
    .needed = "Verstehe, aber ohne diese Angabe ({label}) geht es leider nicht weiter.",
    .left_open = "Das lassen wir offen; es lässt sich jederzeit nachholen.",
    .corrected = "In Ordnung, geändert: {label} ist jetzt {value}.",
    .summary = "Das weiß ich bisher:",
    .nothing_known = "Bisher weiß ich noch nichts.",
    .cannot_answer = "Fragen kann ich gerade nicht beantworten, aber wir können weitermachen.",
    .part_done = "Damit ist dieser Teil vollständig.",
    .all_done = "Damit ist alles besprochen. Wenn etwas geändert werden soll, einfach sagen.",
    .no_model = "Mein Sprachmodell antwortet gerade nicht. Die Nachricht ist gespeichert; bitte gleich noch einmal "
                "versuchen.",
    .yes = "ja",
    .no = "nein",
};

constexpr phrases wordless{};

struct cue {
  request what;
  std::string_view text; ///< lower case
  bool whole;            ///< the message is that and nothing more, but for a few words around it
};

constexpr std::array cues{
    cue{request::summary, "what do you know", false},
    cue{request::summary, "what have you got", false},
    cue{request::summary, "what have i told you", false},
    cue{request::summary, "show my profile", false},
    cue{request::summary, "my profile", true},
    cue{request::summary, "summary", true},
    cue{request::summary, "summarize", true},
    cue{request::summary, "was weißt du", false},
    cue{request::summary, "mein profil", true},
    cue{request::skip, "skip", true},
    cue{request::skip, "pass", true},
    cue{request::skip, "next question", true},
    cue{request::skip, "rather not say", false},
    cue{request::skip, "prefer not to", false},
    cue{request::skip, "don't want to say", false},
    cue{request::skip, "none of your business", false},
    cue{request::skip, "überspringen", true},
    cue{request::skip, "weiter", true},
    cue{request::skip, "keine angabe", true},
    cue{request::skip, "möchte ich nicht sagen", false},
};

/// Words that may stand around a cue without making another message of it.
constexpr std::size_t words_around = 3;

bool stands_alone(std::string_view text, std::size_t at, std::size_t size) {
  const bool before = at == 0 || !is_word_byte(text[at - 1]);
  const auto end = at + size;
  return before && (text[end - 1] == ' ' || end == text.size() || !is_word_byte(text[end]));
}

} // namespace

const phrases& phrases_of(std::string_view language) {
  const auto primary = lower(language.substr(0, language.find_first_of("-_")));
  if (primary == "en")
    return english;
  return primary == "de" ? german : wordless;
}

request request_in(std::string_view text) {
  const auto said = lower(text);
  for (const auto& cue : cues) {
    const auto at = said.find(cue.text);
    if (at == said.npos || !stands_alone(said, at, cue.text.size()))
      continue;
    if (!cue.whole || count_words(said) <= count_words(cue.text) + words_around)
      return cue.what;
  }
  return request::none;
}

std::string fill(std::string_view phrase, std::string_view name, std::string_view value) {
  std::string out{phrase};
  const auto what = "{" + std::string{name} + "}";
  for (auto at = out.find(what); at != out.npos; at = out.find(what, at + value.size()))
    out.replace(at, what.size(), value);
  return out;
}

} // namespace troupe::actors::conversation
