// Package eventpattern decides whether an event matches an event pattern of EventBridge. It is pure.
//
// It follows the EventBridge user guide, "Creating Amazon EventBridge event patterns" and "Comparison operators for use
// in event patterns", and is checked against AWS's own engine, software.amazon.event.ruler, of which EventBridge is made:
// testdata/ruler.ndjson.gz holds what that engine says of thousands of patterns and events, and conformance/ is the
// program that asks it.
//
// What that engine does and the guide does not say, this package does, too:
//
//   - a string that is an IP address matches every spelling of the address;
//   - a name with dots is the same as objects in objects: {"a.b": […]} and {"a": {"b": […]}};
//   - the last of several values for a name counts, also where an alternative of $or names it again;
//   - anything-but matches values of every other type: true, null and 5 are anything but "a";
//   - values of different elements of an array of objects never match together;
//   - a number that a double can't hold exactly, like an id of 20 digits, is compared by its spelling;
//   - a block of IPv4 has the addresses of IPv6 that begin with its bytes, and one of IPv6 with all has those of IPv4;
//   - {"exactly": "text"} is the same as "text".
//
// Where it differs, on purpose or for want of need:
//
//	                               ruler                     here
//	text after the pattern's end   is not read               is refused, as broken JSON is
//	size of a pattern              any                       [MaxLength] characters, EventBridge's quota
//	alternatives of $or            any                       [MaxCombinations], as the guide says
//	numbers and blocks of IPv4     some are in some           never
//	costly wildcards               are measured only         are refused where the measure exceeds [MaxComplexity]
//	their cost with $or            shared fields add up       each alternative counts alone
//	IPv4 with leading zeros        some are addresses        is a string
//	letters that change their      compared as Java          compared as one letter, as Unicode's simple
//	length with their case (ß)     maps them                 mapping does
package eventpattern
