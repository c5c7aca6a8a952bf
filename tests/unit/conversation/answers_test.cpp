#include "said.hpp"

#include <catch2/catch_test_macros.hpp>

#include <sstream>

using namespace troupe::actors::conversation;
using troupe::testing::friday;
using troupe::testing::shipped_step;
using troupe::testing::told;

namespace {

/// Lines `message => what is understood`, behind a line `field?` that says what was asked.
void check_answers(std::string_view step, const std::string& table, std::string_view language = "en") {
  std::istringstream lines{table};
  std::string field;
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto arrow = line.find(" => ");
    if (arrow == std::string::npos) {
      field = line.substr(0, line.find('?'));
      continue;
    }
    talk so_far;
    so_far.expected = field;
    so_far.today = friday;
    so_far.language = language;
    const auto message = line.substr(0, arrow);
    INFO(field << "? " << message);
    CHECK(told(understand(message, shipped_step(step), so_far)) == line.substr(arrow + 4));
    ++count;
  }
  CHECK(count > 0);
}

} // namespace

TEST_CASE("ages are understood") {
  check_answers("onboarding/fitness_assessment", R"(
age?
34 => age=34
I'm 34 => age=34
i am 34 years old => age=34
34yo => age=34
34 y/o => age=34
thirty-four => age=34
Just turned forty two :) => age=42
about 50 I think => age=50
turning 30 next week => age=30
I was born in 1990 => age=36
a hundred => age=100
not 43, 34 => age=34
12 => age!
150 => age!
-5 => age!
old enough => -
82 kg => weight=82
I'd rather not say => sex="undisclosed" declined
skip => declined
why do you ask? => asks
do I have to be 18? => asks
asdf jkl => -
 => -
??? => asks
😂😂 => -
1e308 => age!
99999999999999999999 => -
1.2.3 => -
)");
}

TEST_CASE("heights are understood in metres, centimetres, feet and inches") {
  check_answers("onboarding/fitness_assessment", R"(
height?
178 => height=178
178cm => height=178
178 centimetres => height=178
1.78 => height=178
1,78 => height=178
1.78 m => height=178
1m78 => height=178
1 m 78 cm => height=178
5'10" => height=177.8
5'10 => height=177.8
5’10” => height=177.8
5 ft 10 => height=177.8
5ft10in => height=177.8
5 feet 10 inches => height=177.8
six foot two => height=188
6 ft => height=182.9
70 inches => height=177.8
I'm about 1.80 tall => height=180
around 175-180 => height=177.5
3 m => height!
5 => height!
one eighty => height=180
180cm, no 181 => height=181
tall => -
)");
}

TEST_CASE("weights are understood in kilograms, pounds and stones") {
  check_answers("onboarding/fitness_assessment", R"(
weight?
82 => weight=82
82.5 kg => weight=82.5
82,5kg => weight=82.5
80 kilos => weight=80
82k => weight=82
180 lbs => weight=81.6
180lb. => weight=81.6
180 pounds => weight=81.6
12 st 12 => weight=81.6
12 stone 12 lb => weight=81.6
thirteen stone => weight=82.6
eighty-two and a half => weight=82.5
82½ => weight=82.5
one hundred and five kg => weight=105
around 80 to 82 => weight=81
between 80 and 84 kg => weight=82
I think I'm 79 or so => weight=79
not 80 but 78 => weight=78
80, no wait, 79 => weight=79
5 kg => weight!
500kg lol => weight!
80 maybe 90 no idea => weight!
a bit over 80 => weight=80
lost 5 kg recently, now 82 => weight=82
I weighed 90 kg but now I'm at 82 kg => weight!
too much haha => -
none of your business => sex="undisclosed" declined
)");
}

TEST_CASE("choices are understood by value, synonym and misspelling") {
  check_answers("onboarding/fitness_assessment", R"(
activity_level?
sedentary => activity_level="sedentary"
Very active! => activity_level="very_active"
not very active => activity_level="lightly_active"
I have a desk job => activity_level="sedentary"
moderatly => activity_level="moderately_active"
lightly-active => activity_level="lightly_active"
bit of a couch potato tbh => activity_level="sedentary"
the second one => activity_level="lightly_active"
option 4 => activity_level="very_active"
somewhere between sedentary and very active => activity_level!
I walk a lot but otherwise sit all day => activity_level="sedentary"
purple => -
experience?
beginer => experience="beginner"
complete newbie => experience="beginner"
I've never trained => experience="beginner"
intermediate I'd say => experience="intermediate"
on and off => experience="intermediate"
not a beginner => -
sex?
F => sex="female"
I'm a man => sex="male"
I'd rather not say => sex="undisclosed"
)");
}

TEST_CASE("a goal is understood in the words of who has it") {
  check_answers("onboarding/goals", R"(
primary_goal?
lose weight => primary_goal="lose_weight"
I want to lose some weight => primary_goal="lose_weight"
slim down a little => primary_goal="lose_weight"
muscle => primary_goal="build_muscle"
stay healthy => primary_goal="stay_healthy"
Run a half marathon => primary_goal="prepare_event"
not losing weight, building muscle => primary_goal="build_muscle"
anything but cardio, more strength => primary_goal="get_stronger"
lose weight and build muscle => primary_goal!
I'd like to lose about 10 kg => primary_goal="lose_weight"
world peace => -
reason?
My daughter is getting married in May => reason="My daughter is getting married in May"
no idea => declined
? => asks
x => -
target_date?
2027-06-01 => target_date="2027-06-01"
target_weight?
75 => target_weight=75
165 lb => target_weight=74.8
)");
}

TEST_CASE("yes, no and hedges are understood") {
  check_answers("onboarding/health", R"(
doctor_advised_against?
yes => doctor_advised_against=true
Yeah, once => doctor_advised_against=true
sure => doctor_advised_against=true
👍 => doctor_advised_against=true
I guess so => doctor_advised_against=true
no => doctor_advised_against=false
Nope. => doctor_advised_against=false
nah => doctor_advised_against=false
not really => doctor_advised_against=false
Not that I know of => doctor_advised_against=false
never! => doctor_advised_against=false
well, no => doctor_advised_against=false
I don't think so => doctor_advised_against=false
probably not => doctor_advised_against=false
of course not => doctor_advised_against=false
yes, no wait, no => doctor_advised_against=false
yes and no => doctor_advised_against!
not sure => declined
I don't know => declined
bananas => -
)");
  check_answers("onboarding/lifestyle", R"(
smokes?
I quit => smokes=false
non-smoker => smokes=false
I'm a smoker => smokes=true
I don't smoke => smokes=false
Sometimes => smokes=true
)");
}

TEST_CASE("lists of any text are understood, and that there is nothing to list") {
  check_answers("onboarding/health", R"(
conditions?
none => conditions=[]
No. => conditions=[]
nothing that I know of => conditions=[]
I'm healthy => conditions=[]
asthma => conditions=["asthma"]
asthma and high blood pressure => conditions=["asthma","high blood pressure"]
Yes, I have asthma, diabetes & gout => conditions=["asthma","diabetes","gout"]
I have asthma, but it's mild => conditions=["asthma"]
no health problems at all => conditions=[]
skip => declined
yes => -
injuries?
my left knee, lower back => injuries=["left knee","lower back"]
No, but my shoulder hurts sometimes => injuries=["shoulder hurts sometimes"]
knee and knee => injuries=["knee"]
not really, just a stiff neck => injuries=["stiff neck"]
I tore my ACL in 2019 => injuries=["tore my ACL in 2019"]
)");
}

TEST_CASE("lists of choices are understood") {
  check_answers("onboarding/scheduling", R"(
training_days?
mon, wed and fri => training_days=["monday","wednesday","friday"]
Mondays and thursdays => training_days=["monday","thursday"]
weekdays => training_days=["monday","tuesday","wednesday","thursday","friday"]
at the weekend => training_days=["saturday","sunday"]
mon-wed => training_days=["monday","tuesday","wednesday"]
Tuesday to Thursday => training_days=["tuesday","wednesday","thursday"]
every day except Sunday => training_days=["monday","tuesday","wednesday","thursday","friday","saturday"]
wensday => training_days=["wednesday"]
any day but Sunday => training_days=["monday","tuesday","wednesday","thursday","friday","saturday"]
tues/thurs => training_days=["tuesday","thursday"]
none => training_days!
time_of_day?
after work => time_of_day="evening"
mornings please => time_of_day="morning"
reminders?
yes please => reminders=true
no thanks => reminders=false
)");
  check_answers("onboarding/workout_planning", R"(
equipment?
dumbbells and a mat => equipment=["mat","dumbbells"]
nothing => equipment=["none"]
none => equipment=["none"]
just a yoga mat, resistance bands => equipment=["mat","bands"]
a pull-up bar => equipment=["pull_up_bar"]
dumbells => equipment=["dumbbells"]
kinds?
running, but no swimming => kinds=["running"]
)");
}

TEST_CASE("how often and how long is understood") {
  check_answers("onboarding/workout_planning", R"(
sessions_per_week?
3 => sessions_per_week=3
three times a week => sessions_per_week=3
3x => sessions_per_week=3
3x/week => sessions_per_week=3
3-4 times => sessions_per_week=3
3 or 4 => sessions_per_week=3
twice a week => sessions_per_week=2
once => sessions_per_week=1
4 days a week => sessions_per_week=4
every day => sessions_per_week=7
daily => sessions_per_week=7
every other day => sessions_per_week=3
a couple of times => sessions_per_week=2
10 times a day => sessions_per_week!
0 => sessions_per_week!
as often as I can => -
session_length?
45 => session_length=45
45 min => session_length=45
45m => session_length=45
half an hour => session_length=30
an hour => session_length=60
an hour and a half => session_length=90
1.5 hours => session_length=90
1h30 => session_length=90
1 hour 15 minutes => session_length=75
1:30 => session_length=90
three quarters of an hour => session_length=45
30 to 40 minutes => session_length=35
five hours => session_length!
location?
at home => location="home"
the gym => location="gym"
gym and home => location="mixed"
not the gym, at home => location="home"
gym or park => location!
)");
  check_answers("onboarding/lifestyle", R"(
sleep?
7 => sleep=7
7-8 hours => sleep=7.5
six and a half hours a night => sleep=6.5
about 7h => sleep=7
stress?
7/10 => stress=7
8 out of 10 => stress=8
eleven => stress!
alcohol?
none => alcohol=0
2 beers => alcohol=2
)");
  check_answers("onboarding/preferences", R"(
water?
2 litres => water=2
1.5 => water=1.5
8 glasses => water=2
1500 ml => water=1.5
2l a day => water=2
)");
}

TEST_CASE("days are understood, relative to today") {
  check_answers("onboarding/scheduling", R"(
start_date?
2026-12-01 => start_date="2026-12-01"
1 December 2026 => start_date="2026-12-01"
Dec 1st => start_date="2026-12-01"
the 1st of December => start_date="2026-12-01"
3 March 1990 => start_date="1990-03-03"
March 3, 1990 => start_date="1990-03-03"
01.12.2026 => start_date="2026-12-01"
25/12/2026 => start_date="2026-12-25"
12/25/26 => start_date="2026-12-25"
today => start_date="2026-11-20"
tomorrow! => start_date="2026-11-21"
next Monday => start_date="2026-11-23"
on monday => start_date="2026-11-23"
next friday => start_date="2026-11-27"
in 3 days => start_date="2026-11-23"
in two weeks => start_date="2026-12-04"
a month from now => start_date="2026-12-20"
next month => start_date="2026-12-01"
right away => start_date="2026-11-20"
as soon as possible => start_date="2026-11-20"
next week monday => start_date="2026-11-23"
the 15th => start_date="2026-12-15"
03/04/2027 => start_date!
31 February 2027 => start_date!
2027-13-01 => start_date!
when hell freezes over => -
maybe => -
)");
  check_answers("onboarding/scheduling", "start_date?\n03/04/2027 => start_date=\"2027-04-03\"", "en-GB");
  check_answers("onboarding/scheduling", "start_date?\n03/04/2027 => start_date=\"2027-03-04\"", "en-US");
  check_answers("onboarding/scheduling", "start_date?\n03/04/2027 => start_date=\"2027-04-03\"", "de");
}

TEST_CASE("ways of eating are understood") {
  check_answers("onboarding/diet", R"(
diet?
vegan => diet="vegan"
vegetarien => diet="vegetarian"
I eat everything => diet="omnivore"
plant-based => diet="vegan"
I'm not vegan, just vegetarian => diet="vegetarian"
no meat => diet="vegetarian"
vegan or vegetarian => diet!
not vegan => -
allergies?
I'm allergic to peanuts => allergies=["peanuts"]
none, but I don't like fish => allergies=[]
peanuts, lactose => allergies=["peanuts","lactose"]
meals_per_day?
three => meals_per_day=3
2-3 meals a day => meals_per_day=2
)");
}

TEST_CASE("names are understood without what is said around them") {
  check_answers("profile/about", R"(
name?
Ann => name="Ann"
I'm Ann => name="Ann"
Hi, my name is Ann-Marie! => name="Ann-Marie"
José García => name="José García"
It's Bob, I'm 34 => age=34 name="Bob"
42 => -
I'm not telling => declined
)");
}
