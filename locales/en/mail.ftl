# The letters. A subject gives nothing away: no name, no organisation, no topic.
mail-subject-invitation = Five questions, ten minutes, by { $day }
mail-subject-reminder = Still open: five questions, ten minutes, by { $day }
mail-subject-receipt = Your answers have arrived
mail-subject-decision = A reminder of what you took on
mail-greeting = Dear { $name },
mail-invitation-opening = { $consultant } asks you five questions, for { $organisation }, { $team }: { $label }. They take about ten minutes and are open until { $closes }.
mail-reminder-opening = Five questions from { $consultant } are still open, for { $organisation }, { $team }: { $label }. They take about ten minutes; you can answer until { $closes }. If you have begun, you will find what you wrote.
mail-receipt-opening = Thank you: your answers have arrived, for { $organisation }, { $team }: { $label }. For your privacy this letter does not repeat them.
mail-receipt-change = On your private page you can see and change them until { $closes }.
mail-decision-opening = In its debrief on the { $label }, the team decided the following, with you as its owner ({ $organisation }, { $team }):
mail-decision-due = By { $day }.
mail-decision-stops = What stops because of it:
mail-decision-why = { $consultant } promised the team this reminder. Nothing needs to be answered; the next round of questions will show whether the decision holds.
mail-link-open = Open my private page
mail-link-yours = This page is yours alone; please do not pass the link on:
mail-decline = If you would rather not take part, you can say so on the same page; no more reminders will follow.
mail-notice-title = Who sees what
mail-receipt-wrong = If these answers are not from you, please reply to this letter.
mail-reply = Replies to this letter go to { $consultant }.

mail-on-behalf = for { $organisation }, { $team }
