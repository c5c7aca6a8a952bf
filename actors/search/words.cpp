#include "actors/search/words.hpp"

#include <functional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "storage/text/tokens.hpp"

namespace troupe::actors::search {

namespace {

constexpr std::string_view empty_words =
    "a about above after again against all almost alone along already also although always am an and another any "
    "anybody anymore anyone anything anyway are aren around as ask asked at away back be became because become been "
    "before began behind being below besides best better between both but by call came can cannot cant come comes "
    "coming could couldn dear did didn different do does doesn doing don done dont down during each either else "
    "enough especially etc even ever every everybody everyone everything exactly far few find first following for "
    "found from further gave get gets getting give given gives go goes going gone good got great had hadn half happen "
    "happened happens happening has hasn have haven having he hello hence her here hey hi him himself his how however "
    "i if in indeed inside instead into is isn it its itself just keep keeps kept kind kindly know known last later "
    "least less let like likely little long look looking looks lot made main make makes many may maybe me mean means "
    "meanwhile might mine more moreover most much must my myself near nearly need needed needs neither never "
    "nevertheless next no nobody none nor not nothing now nowhere of off often ok okay on once one ones only onto or "
    "other others otherwise our ours ourselves out over own part per perhaps please possible probably put quite rather "
    "re really reason regarding right s said same saw say says see seem seemed seems seen self several shall she "
    "should shouldn show showed shown shows side simply since so some somebody somehow someone something sometimes "
    "somewhere soon still such suddenly sure t take taken takes tell tells than that the their theirs them themselves "
    "then there therefore these they thing things think this those though three through throughout thus till to "
    "together too took toward tried tries try trying turn turns twice two under unless until up upon us use used uses "
    "using usual usually various ve very via want wants was wasn way we well went were weren what whatever when "
    "whenever where whereas wherever whether which while who whoever whole whom whose why will with within without "
    "won wont would wouldn yes yet you your yours yourself ll d m "
    // Ticket talk.
    "afternoon anybody appreciate asap attention colleague colleagues day days desk evening friday greetings guys "
    "help helpdesk hour hours immediately information kindly minute minutes moment monday month months morning night "
    "noon regards reported reporter respectfully saturday sincerely soon sunday support team thank thanks thursday "
    "ticket time times today tomorrow tonight tuesday urgent urgently wednesday week weekend weeks year years "
    "yesterday hope advance cheers sorry sir madam mr mrs ms wish happy issue issues problem problems";

constexpr std::string_view weak_words =
    "able access application left appear appears attempt bad broken business button cause change changed check click "
    "close closed company complete computer connect contact correct customer data department details device "
    "employee error errors fail failed failing fails failure fault file files fine fix fixed floor full help helped "
    "impossible important internal job keep laptop line list load location machine manager message messages missing "
    "name new normal notebook number office old open opened opening opens operation page pc people person point "
    "press program question reboot rebooted rebooting receive receive reinstall remote report request restart "
    "restarted restarting result room run running runs screen second sent server service set site software solved "
    "solution start started starting starts state stop stopped stops strange switch system systems test text "
    "unable update user users version window windows work worked working works workstation wrong";

constexpr std::string_view closing_words = "regards thanks thank sincerely yours cheers greetings";

constexpr std::string_view announcing_words =
    "error code event id status stop fault exit result number errno exception kb bounce ndr port";

/// One group a line; the first word stands for nothing more than the others.
constexpr std::string_view groups[] = {
    "wifi wlan wireless",
    "laptop notebook",
    "pc computer workstation",
    "monitor screen display",
    "email mail",
    "password credentials passcode pwd",
    "login logon signin",
    "phone telephone",
    "smartphone mobile cellphone",
    "copier mfp multifunction",
    "mfa 2fa authenticator",
    "bluescreen bsod",
    "printout print",
    "licence license",
    "freeze hang unresponsive",
    "slow sluggish laggy",
    "reboot restart",
    "folder directory",
    "vpn tunnel",
    "certificate cert",
    "spam junk",
    "gpo policy",
    "rdp rds",
    "delete remove",
    "install installation setup",
    "headset headphones",
    "guest visitor",
    "denied refused rejected",
    "colour color",
    "centre center",
    "garbled gibberish",
    "disconnect drop",
    "camera webcam",
    "sync synchronise synchronize",
    "db database",
    "onboarding joiner starter",
    "offboarding leaver",
    "recognised recognized detected",
};

struct transparent_hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept {
    return std::hash<std::string_view>{}(text);
  }
};

template <class T>
using by_stem = std::unordered_map<std::string, T, transparent_hash, std::equal_to<>>;

template <class F>
void for_each_stem(std::string_view words, F f) {
  storage::text::tokenize(words, [&](const storage::text::token& what) { f(what.text, what.source); });
}

struct lists {
  by_stem<word_traits> traits; ///< of words that aren't just telling
  by_stem<std::vector<std::string>> others;

  lists() {
    // A word that stands in both lists is empty.
    for_each_stem(weak_words, [&](auto stem, auto) { traits[std::string{stem}].what = word_class::weak; });
    for_each_stem(empty_words, [&](auto stem, auto) { traits[std::string{stem}].what = word_class::empty; });
    for_each_stem(closing_words, [&](auto stem, auto) { traits[std::string{stem}].begins_closing = true; });
    for_each_stem(announcing_words, [&](auto stem, auto) { traits[std::string{stem}].announces_code = true; });
    for (const auto group : groups)
      add_group(group);
  }

  void add_group(std::string_view group) {
    std::vector<std::pair<std::string, std::string>> members;
    for_each_stem(group, [&](std::string_view stem, std::string_view word) { members.emplace_back(stem, word); });
    for (const auto& [stem, word] : members) {
      for (const auto& [other_stem, other] : members) {
        if (other_stem != stem)
          others[stem].push_back(other);
      }
    }
  }
};

const lists& all() {
  static const lists instance;
  return instance;
}

} // namespace

word_traits traits_of(std::string_view stem) {
  const auto& known = all().traits;
  const auto found = known.find(stem);
  return found == known.end() ? word_traits{} : found->second;
}

std::span<const std::string> also_called(std::string_view stem) {
  const auto& others = all().others;
  const auto found = others.find(stem);
  return found == others.end() ? std::span<const std::string>{} : std::span<const std::string>{found->second};
}

} // namespace troupe::actors::search
