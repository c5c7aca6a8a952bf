#include "actors/conversation/understanding_polar.hpp"

#include <algorithm>
#include <array>

namespace troupe::actors::conversation {

namespace {

struct polar_phrase {
  phrase text;
  std::optional<bool> answer; ///< none = both, or with confidence 0 neither
  double confidence;
};

const std::vector<polar_phrase>& polar_phrases() {
  static const auto all = [] {
    std::vector<polar_phrase> out;
    const auto add = [&](std::optional<bool> answer, double confidence, std::string_view texts) {
      for (auto& text : phrases_of_texts(texts))
        out.push_back({std::move(text), answer, confidence});
    };
    add(true, 0.95,
        "yes|yeah|yea|yep|yup|yess|yes please|sure|sure thing|of course|definitely|absolutely|certainly|"
        "totally|indeed|correct|right|thats right|true|affirmative|please|please do|go ahead|sounds good|"
        "exactly|always|all good|looks good|perfect|great|i do|i am|i have|i did|i will|i would|i can|"
        "yes i do|y|ja|oui|si|why not|no problem|no doubt|not a problem|you bet|for sure|ok|okay|k|fine|"
        "id love to|id like that|i agree|agreed|uh huh|aye|\U0001F44D|\U0001F44C");
    add(true, 0.7,
        "i think so|i guess|i guess so|i suppose|i suppose so|probably|probably yes|kind of|kinda|sort of|"
        "sorta|mostly|more or less|a bit|a little|sometimes|from time to time|occasionally|once in a while|"
        "i believe so|yes and no but mostly yes");
    add(false, 0.95,
        "no|nope|nah|no way|never|not at all|negative|false|no thanks|no thank you|of course not|"
        "certainly not|definitely not|absolutely not|i dont|i do not|im not|i am not|i havent|i have not|"
        "i didnt|i did not|i cant|i wont|i never|n|none|no i dont|nein|non|nada|no sir|hell no|not now|wrong|"
        "incorrect|please dont|dont|he hasnt|she hasnt|they havent|nobody has|not yet|\U0001F44E|not true|"
        "not correct|not right|thats wrong|thats not right");
    add(false, 0.8,
        "not really|not that i know of|not that im aware of|i dont think so|probably not|hardly|hardly ever|"
        "rarely|barely|not anymore|not any more|no longer|i doubt it|rather not|id rather not|i guess not|"
        "i suppose not|not so much|not much|not often|i wouldnt say so|not particularly|not currently|"
        "not at the moment|not so far|not for now|as far as i know no|almost never");
    add(std::nullopt, 0.5, "yes and no|yes no|maybe yes maybe no|no and yes|yes or no");
    add(std::nullopt, 0,
        "no idea|not sure|im not sure|i am not sure|i dont know|i do not know|i have no idea|right now|"
        "i have to think|i dont understand|i dont get it|i do not understand|i cant say|i dont remember|never mind");
    return out;
  }();
  return all;
}

/// Words that may stand before the answer.
constexpr std::array<std::string_view, 19> fillers{"well",      "um",       "uh",  "hmm", "hm",  "oh",   "so",
                                                   "honestly",  "actually", "hi",  "hey", "and", "like", "but",
                                                   "currently", "uhm",      "erm", "ah",  "haha"};
constexpr std::array<std::string_view, 8> turns{"wait",       "actually", "sorry", "mean",
                                                "correction", "oops",     "meant", "rather"};

template <std::size_t N>
bool is_one_of(const word& w, const std::array<std::string_view, N>& all) {
  return w.kind == word_kind::word && std::find(all.begin(), all.end(), w.text) != all.end();
}

/// The longest phrase at `at`.
const polar_phrase* polar_at(const words& in, std::size_t at, std::size_t& end) {
  const polar_phrase* best = nullptr;
  end = at;
  for (const auto& p : polar_phrases())
    if (std::size_t e = 0; match(in, at, p.text, e) == likeness::exact && e > end) {
      best = &p;
      end = e;
    }
  return best;
}

/// Where a clause says yes or no, its fillers skipped.
struct polar_clause {
  const polar_phrase* said = nullptr;
  run where;
  bool turned = false; ///< a word of correction stands in or before the clause
};

std::vector<polar_clause> polar_clauses(const words& in) {
  std::vector<polar_clause> out;
  bool turned = false;
  for (std::size_t at = 0; at < in.size();) {
    const auto clause = in[at].clause;
    auto begin = at;
    const auto turning = [&](std::size_t i) { turned = turned || is_one_of(in[i], turns); };
    while (begin < in.size() && in[begin].clause == clause) {
      std::size_t ignored = 0;
      if (polar_at(in, begin, ignored) != nullptr
          || !(is_one_of(in[begin], fillers) || in[begin].kind == word_kind::mark))
        break;
      turning(begin++);
    }
    std::size_t end = begin;
    if (begin < in.size() && in[begin].clause == clause)
      if (const auto* said = polar_at(in, begin, end))
        out.push_back({said, {begin, end}, turned});
    for (at = std::max(begin, at); at < in.size() && in[at].clause == clause; ++at)
      turning(at);
  }
  return out;
}

bool is_plain(const polar_phrase& p) {
  return p.text.size() == 1 && p.confidence > 0.9;
}

bool begins_with_any(const words& in, const std::vector<phrase>& all, bool whole) {
  std::size_t at = 0;
  while (at < in.size() && (in[at].kind == word_kind::mark || is_one_of(in[at], fillers)))
    ++at;
  const auto length = match_any(in, at, all);
  if (length == 0)
    return false;
  auto end = at + length;
  while (end < in.size() && in[end].kind == word_kind::mark)
    ++end;
  return !whole || end == in.size();
}

/// "No health problems at all".
bool denies_trouble(const words& in) {
  constexpr std::array<std::string_view, 14> troubles{
      "problem",    "problems", "issue",     "issues",     "injury",     "injuries",    "condition",
      "conditions", "pain",     "allergies", "medication", "complaints", "supplements", "restrictions"};
  constexpr std::array<std::string_view, 4> limits{"but", "just", "only", "except"};
  return !in.empty() && in.front().is("no")
         && std::any_of(in.begin(), in.end(), [&](auto& w) { return is_one_of(w, troubles); })
         && std::none_of(in.begin(), in.end(), [&](auto& w) { return is_one_of(w, limits); })
         && in.back().clause == in.front().clause;
}

} // namespace

std::optional<yes_or_no> find_yes_or_no(const words& in) {
  const auto clauses = polar_clauses(in);
  if (clauses.empty())
    return std::nullopt;
  auto best = clauses.front();
  for (const auto& c : clauses) // "yes, no wait, no": what is said last
    if (c.turned && c.said->answer)
      best = c;
  for (const auto& c : clauses) {
    if (best.turned || !c.said->answer || !best.said->answer || c.said->answer == best.said->answer)
      continue;
    if (is_plain(*c.said) && is_plain(*best.said))
      return yes_or_no{std::nullopt, 0, {best.where.first, c.where.last}};
  }
  if (best.said->confidence == 0)
    return std::nullopt;
  return yes_or_no{best.said->answer, best.said->confidence, best.where};
}

bool says_none(const words& in) {
  static const auto all = phrases_of_texts(
      "none|no|nope|nah|nothing|not really|not at all|nil|zero|na|n a|nada|never|no one|neither|"
      "none at all|nothing at all|none that i know of|nothing that i know of|not that i know of|"
      "nothing i know of|none i know of|not that im aware of|none whatsoever|nothing special|"
      "nothing in particular|nothing much|no nothing|no none|i have none|i have nothing|i dont have any|"
      "i dont|i do not|dont have any|i havent any|i havent|no i dont|no i havent|no not really|none so far|none "
      "yet|not yet|"
      "nothing so far|nothing yet|i dont think so|no problems|no problem|no issues|no injuries|no pain|"
      "no allergies|no conditions|no health conditions|no health issues|no health problems|"
      "no medical conditions|no supplements|no restrictions|no limitations|no intolerances|"
      "no known allergies|no equipment|all good|im fine|im healthy|perfectly healthy|healthy|"
      "completely healthy|im good|im all good|im allergic to nothing|i take nothing|i dont take any|"
      "no i dont have any|no im fine|no all good|no im healthy|i eat everything|not any|i am healthy|"
      "i am fine");
  return begins_with_any(in, all, true) || denies_trouble(in);
}

bool says_nothing(const words& in) {
  static const auto whole = phrases_of_texts(
      "skip|pass|next|skip it|skip this|skip that|skip this one|skip please|next question|next please|"
      "no comment|dont know|dunno|idk|i dont know|i do not know|i dunno|no idea|i have no idea|not sure|"
      "im not sure|i am not sure|no clue|i dont remember|cant remember|i cant say|hard to say|private|"
      "secret|thats private|not telling|no answer|cant say|dont want to say|i forgot|i really dont know|"
      "i honestly dont know|i dont know yet|not sure yet|dont know yet|i rather not");
  static const auto begin = phrases_of_texts(
      "id rather not|i would rather not|rather not say|rather not tell|rather not answer|prefer not to|"
      "id prefer not to|i prefer not to|i would prefer not to|i dont want to say|i dont want to tell|"
      "i dont want to answer|i dont want to talk about|i do not want to|i wont tell|im not telling|"
      "none of your business|thats none of your business|can we skip|lets skip|id like to skip|"
      "skip this question|skip the question|i dont wish to");
  return begins_with_any(in, whole, true) || begins_with_any(in, begin, false);
}

bool has_turn(const words& in) {
  static const auto anywhere =
      phrases_of_texts("actually|i meant|i mean|correction|sorry|make that|make it|oops|wait|instead|rather than|"
                       "i was wrong|change it to|should be|scratch that|typo|thats wrong|i misspoke");
  for (std::size_t at = 0; at < in.size(); ++at)
    if (match_any(in, at, anywhere) > 0
        || (in[at].is("no") && at + 1 < in.size() && in[at + 1].kind == word_kind::number))
      return true;
  return in.size() > 1 && (in[0].is("no") || in[0].is("nope") || in[0].is("not"));
}

} // namespace troupe::actors::conversation
