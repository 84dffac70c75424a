package settings_test

import (
	"errors"
	"fmt"
	"strconv"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"github.com/compliance-monitor/compliance-monitor/stacks/internal/pulumitest"
	"github.com/compliance-monitor/compliance-monitor/stacks/internal/settings"
)

// reading is a reader of one setting, called key, of the project "monitor".
func reading(value string) *settings.Reader {
	return settings.NewReader("monitor", map[string]string{"key": value})
}

// fault is the sentence about a setting of the project "monitor".
func fault(key, value, expected string) string {
	return fmt.Sprintf("setting monitor:%s is %q: expected %s", key, value, expected)
}

var _ = Describe("A reader of settings", func() {
	var empty *settings.Reader
	BeforeEach(func() { empty = settings.NewReader("monitor", nil) })

	It("should take the defaults where nothing is set", func() {
		Expect(empty.String("text", "a", settings.OneOf("a"))).To(Equal("a"))
		Expect(empty.Int("number", 5, 1, 10)).To(Equal(5))
		Expect(empty.Bool("switch", true)).To(BeTrue())
		Expect(empty.Strings("list", []string{"x"}, settings.Any)).To(Equal([]string{"x"}))
		Expect(settings.Object(empty, "map", "a map", map[string]int{"y": 1})).To(Equal(map[string]int{"y": 1}))
		Expect(empty.Err()).NotTo(HaveOccurred())
	})

	It("should list the settings that were asked for, sorted", func() {
		empty.Bool("second", false)
		empty.Int("third", 0, 0, 0)
		empty.String("first", "", settings.Any)
		Expect(empty.Keys()).To(Equal([]string{"first", "second", "third"}))
	})

	It("should demand a setting whose default does not pass", func() {
		empty.String("environment", "", settings.Matching("[a-z]+", "lower-case letters"))
		Expect(empty.Err()).To(MatchError(fault("environment", "", "lower-case letters")))
	})

	It("should report every fault at once, those of unknown settings last", func() {
		r := settings.NewReader("monitor", map[string]string{
			"days": "many", "switch": "on", "colour": "red", "zone": "a", "mails": `["a@example.com", "nobody"]`,
		})
		beyond := errors.New("beyond the settings")
		r.Int("days", 30, 1, 365)
		r.Bool("switch", false)
		r.Join(beyond)
		r.Join(nil)
		r.Strings("mails", nil, settings.Email)
		Expect(r.Err()).To(MatchError(beyond))
		Expect(r.Err()).To(MatchError(fault("days", "many", "a whole number from 1 to 365") + "\n" +
			fault("switch", "on", "true or false") + "\n" +
			"beyond the settings\n" +
			fault("mails[1]", "nobody", "an email address such as name@example.com") + "\n" +
			fault("colour", "red", "no such setting; known are days, mails, switch") + "\n" +
			fault("zone", "a", "no such setting; known are days, mails, switch")))
	})

	It("should let callers find the fault of one setting", func() {
		r := reading("seven")
		r.Int("key", 0, 0, 9)
		var found *settings.Fault
		Expect(errors.As(r.Err(), &found)).To(BeTrue())
		Expect(*found).To(Equal(settings.Fault{
			Key: "monitor:key", Value: "seven", Expected: "a whole number from 0 to 9",
		}))
	})

	DescribeTable("should refuse what is no whole number in the range",
		func(value string) {
			r := reading(value)
			r.Int("key", 30, 1, 365)
			Expect(r.Err()).To(MatchError(fault("key", value, "a whole number from 1 to 365")))
		},
		Entry("a word", "thirty"),
		Entry("a fraction", "1.5"),
		Entry("nothing", ""),
		Entry("one too few", "0"),
		Entry("one too many", "366"),
		Entry("more than a number can hold", "99999999999999999999"),
	)

	It("should take exactly the whole numbers of the range", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			least := rapid.IntRange(-100, 100).Draw(t, "least")
			most := rapid.IntRange(least, 200).Draw(t, "most")
			number := rapid.IntRange(-300, 300).Draw(t, "number")
			r := reading(strconv.Itoa(number))
			g := NewWithT(t)
			g.Expect(r.Int("key", 0, least, most)).To(Equal(number))
			g.Expect(r.Err() == nil).To(Equal(least <= number && number <= most))
		})
	})

	DescribeTable("should take true and false only",
		func(value string, expected bool, faulty bool) {
			r := reading(value)
			Expect(r.Bool("key", true)).To(Equal(expected))
			Expect(r.Err() != nil).To(Equal(faulty))
		},
		Entry("true", "true", true, false),
		Entry("false", "false", false, false),
		Entry("yes", "yes", true, true),
		Entry("a capital", "False", true, true),
		Entry("nothing", "", true, true),
	)

	It("should report one fault for each bad value, whatever their number", func() {
		rapid.Check(GinkgoT(), func(t *rapid.T) {
			bad := rapid.MapOfN(rapid.StringMatching("[a-z]{1,8}"), rapid.StringMatching("[A-Z]{1,8}"), 1, 20).
				Draw(t, "bad")
			r := settings.NewReader("monitor", bad)
			for key := range bad {
				r.Int(key, 0, 0, 1)
			}
			joined, isJoined := r.Err().(interface{ Unwrap() []error })
			g := NewWithT(t)
			g.Expect(isJoined).To(BeTrue())
			g.Expect(joined.Unwrap()).To(HaveLen(len(bad)))
		})
	})
})

var _ = Describe("A structured setting", func() {
	type shape struct{ Name string }

	It("should be read into its type", func() {
		r := reading(`{"Name": "a"}`)
		Expect(settings.Object(r, "key", "a shape", shape{})).To(Equal(shape{Name: "a"}))
		Expect(r.Err()).NotTo(HaveOccurred())
	})

	DescribeTable("should be refused, and the default stand, where it is malformed",
		func(value string) {
			r := reading(value)
			Expect(settings.Object(r, "key", "a shape", shape{Name: "default"})).To(Equal(shape{Name: "default"}))
			Expect(r.Err()).To(MatchError(fault("key", value, "a shape")))
		},
		Entry("no JSON", "a"),
		Entry("nothing", ""),
		Entry("cut off", `{"Name": "a"`),
		Entry("with a tail", `{"Name": "a"} b`),
		Entry("of another type", `["a"]`),
		Entry("with a member of another type", `{"Name": 1}`),
		Entry("with an unknown member", `{"Name": "a", "Colour": "red"}`),
	)

	It("should name the item of a list that is at fault", func() {
		r := reading(`["a@example.com", "b", "a@example.com"]`)
		Expect(r.Strings("key", nil, settings.Email)).To(HaveLen(3))
		Expect(r.Err()).To(MatchError(fault("key[1]", "b", "an email address such as name@example.com") + "\n" +
			fault("key[2]", "a@example.com", "each value once")))
	})

	It("should be a list where a list is expected", func() {
		r := reading("a@example.com")
		Expect(r.Strings("key", nil, settings.Email)).To(BeEmpty())
		Expect(r.Err()).To(MatchError(fault("key", "a@example.com", "a list of texts")))
	})
})

var _ = Describe("Settings of a running program", func() {
	It("should be those of its own project, without the project's name", func() {
		var values map[string]string
		_, err := pulumitest.Run(func(ctx *pulumi.Context) error {
			values = settings.FromContext(ctx, []string{"environment", "tags", "missing"})
			return nil
		}, pulumitest.Options{Config: map[string]string{
			"environment": "prod", "tags": `{"CostCentre":"42"}`, "other": "not asked for",
		}})
		Expect(err).NotTo(HaveOccurred())
		Expect(values).To(Equal(map[string]string{"environment": "prod", "tags": `{"CostCentre":"42"}`}))
	})
})
