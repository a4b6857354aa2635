package gen

import "strings"

// words is what text is made of. A word more or less changes bytes that were
// promised.
var words = strings.Fields(`able about above across after again air all along also always among and
another answer any around ask away back base be because become before began begin behind being below best
better between big bird black blue boat body book both box boy bring brought build busy but call came can car
care carry cause change check children city class clear close cold color come common complete could country
course cover cross cut dark day deep did different direct do does dog door down draw drive dry during each
early earth ease east eat end enough even every example eye face fact fall family far farm fast father feel
feet few field figure fill final find fine fire first fish five fly follow food foot for force form found
four free friend from front full game gave get girl give go gold good got govern great green ground group
grow had half hand happen hard has have he head hear heat help her here high hold home horse hot hour house
how hundred idea if in inch interest is island it just keep kind king knew know land language large last late
laugh lay lead learn leave left less let letter life light like line list listen little live long look love
low machine made make man many map mark may mean measure men might mile mind minute miss money moon more
morning most mother mountain move much music must name near need never new next night north note nothing
notice noun now number object of off often old on once one only open or order other our out over own page
paper part pass pattern people perhaps person picture piece place plain plan plane plant play point port pose
possible pound power press problem produce product pull put question quick rain ran reach read ready real
record red remember rest right river road rock room round rule run said same saw say school science sea
second see seem self sentence serve set several shape she ship short should show side simple since sing six
size sleep slow small snow so some song soon sound south space special spell stand star start state stay step
still stood stop story street strong study such sun sure surface system table tail take talk teach tell ten
test than that the their them then there these they thing think this those though thought thousand three
through time to together told too took top toward town travel tree true try turn two under unit until up us
use usual very voice vowel wait walk want war warm was watch water way we week weight well went were west
what wheel when where which while white who whole why will wind with wonder wood word work world would write
year yes yet you young your`)

// letters is the alphabet and spaces, as often as about one in six: 32, so that
// five bits choose.
const letters = "abcdefghijklmnopqrstuvwxyz      "

// longest is the longest of words.
const longest = 9
