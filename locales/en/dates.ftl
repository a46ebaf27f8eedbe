# Days, times, quarters and small numbers. Days of the week count from Monday, 1.
weekday = { $nth ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
month = { $nth ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
date-short = { $weekday } { $day } { $month }
date-day = { $weekday } { $day } { $month } { $year }
date-moment = { $day }, { $time }, { $place } time
date-moment-universal = { $day }, { $time }, { $offset }
round-quarter = { $nth ->
    [1] first
    [2] second
    [3] third
   *[4] fourth
} quarter of { $year }
number-word = { $number ->
    [1] one
    [2] two
    [3] three
    [4] four
    [5] five
    [6] six
    [7] seven
    [8] eight
    [9] nine
    [10] ten
    [11] eleven
    [12] twelve
   *[other] { $number }
}
