error-skip = Zum Inhalt

error-not-found-title = Diese Seite gibt es nicht
error-not-found-what = Sie existiert nicht oder ist nicht mehr verfügbar. Wenn Sie einen persönlichen Link hatten, fragen Sie die Person, die ihn geschickt hat.

error-signed-out-title = Bitte melden Sie sich an
error-signed-out-what = Sie wurden abgemeldet. Melden Sie sich an und versuchen Sie es noch einmal.

error-cross-site-title = Das kam von einer anderen Website
error-cross-site-what = Zu Ihrer Sicherheit nehmen wir das nur von unseren eigenen Seiten an. Gehen Sie zurück, laden Sie die Seite neu und drücken Sie dort auf die Schaltfläche.

error-too-many-title = Zu viele Versuche
error-too-many-what = Warten Sie eine Minute und versuchen Sie es dann noch einmal.

error-invalid-title = Etwas muss berichtigt werden
error-invalid-what = Gehen Sie zurück und berichtigen Sie es.

error-unreadable-title = Das konnte nicht gelesen werden
error-unreadable-what = Was gesendet wurde, ist zu lang oder beschädigt. Nichts wurde geändert. Gehen Sie zurück und versuchen Sie es mit weniger.

error-refused-title = Das geht jetzt nicht
error-refused-what = Gehen Sie zurück, um den Stand zu sehen.

error-stale-title = Jemand war schneller
error-stale-what = Das wurde in einem anderen Fenster oder von jemand anderem geändert, deshalb wurde jetzt nichts geändert. Gehen Sie zurück, laden Sie die Seite neu und sehen Sie sich den Stand an.

error-disk-full-title = Im Moment kann nichts gespeichert werden
error-disk-full-what = Der Speicher des Servers ist voll, deshalb wurde dies nicht gespeichert. Nichts bereits Gespeichertes ist verloren. Gehen Sie zurück, behalten Sie eine Kopie dessen, was Ihr Browser noch zeigt, und versuchen Sie es später noch einmal.

error-read-only-title = Im Moment kann nichts gespeichert werden
error-read-only-what = Die Datenbank des Servers kann nur gelesen werden, deshalb wurde dies nicht gespeichert. Nichts bereits Gespeichertes ist verloren. Gehen Sie zurück, behalten Sie eine Kopie dessen, was Ihr Browser noch zeigt, und versuchen Sie es später noch einmal.

error-locked-title = Der Server ist beschäftigt
error-locked-what = Ein anderes Programm hält die Datenbank, deshalb wurde dies nicht gespeichert. Nichts bereits Gespeichertes ist verloren. Gehen Sie zurück und versuchen Sie es in einer Minute noch einmal.

error-unreachable-title = Der Server erreicht seine Datenbank nicht
error-unreachable-what = Nichts wurde geändert, und nichts bereits Gespeichertes ist verloren. Gehen Sie zurück und versuchen Sie es in einer Minute noch einmal.

error-internal-title = Bei uns ist etwas schiefgegangen
error-internal-what = Es ist unter { $id } vermerkt. Gehen Sie zurück und versuchen Sie es noch einmal; wenn es wieder geschieht, sagen Sie es der Person, die Sie gefragt hat, mit dieser Nummer.
