package demo

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// width is how many characters a line has at most.
const width = 100

// Narrator prints the story: with colours and boxes for a terminal, and plain for everything else.
type Narrator struct {
	out   io.Writer
	fancy bool
	now   func() time.Time
	begun time.Time
	steps int
}

// NewNarrator makes a narrator whose clock begins now.
func NewNarrator(out io.Writer, fancy bool, now func() time.Time) *Narrator {
	return &Narrator{out: out, fancy: fancy, now: now, begun: now()}
}

// Elapsed is how long the story has been told.
func (n *Narrator) Elapsed() time.Duration { return n.now().Sub(n.begun) }

// style is how a text looks on a terminal.
type style string

const (
	plain  style = ""
	bold   style = "\x1b[1m"
	faint  style = "\x1b[2m"
	red    style = "\x1b[31m"
	green  style = "\x1b[32m"
	yellow style = "\x1b[33m"
	blue   style = "\x1b[1;34m"
	reset        = "\x1b[0m"
)

func (n *Narrator) paint(look style, text string) string {
	if !n.fancy || look == plain || text == "" {
		return text
	}
	return string(look) + text + reset
}

// either is the first text on a terminal, and the second one elsewhere.
func (n *Narrator) either(fancy, simple string) string {
	if n.fancy {
		return fancy
	}
	return simple
}

func (n *Narrator) print(text string) { _, _ = io.WriteString(n.out, text+"\n") }

// Step begins a step of the story, with the time since its beginning.
func (n *Narrator) Step(title string) {
	took := fmt.Sprintf(" %.1f s ", n.Elapsed().Seconds())
	rule := n.either("─", "-")
	head := fmt.Sprintf(" %d  %s ", n.steps, title)
	fill := max(2, width-4-utf8.RuneCountInString(head)-utf8.RuneCountInString(took))
	n.steps++
	n.print("\n" + n.paint(faint, strings.Repeat(rule, 2)) + n.paint(blue, head) +
		n.paint(faint, strings.Repeat(rule, fill)+took+strings.Repeat(rule, 2)))
}

// Say prints a sentence or more, wrapped.
func (n *Narrator) Say(format string, args ...any) {
	for _, line := range wrap(fmt.Sprintf(format, args...), width-2) {
		n.print("  " + line)
	}
}

// Sign is what stands before a row.
type Sign struct {
	fancy, simple string
	look          style
}

// Signs of rows.
var (
	Broken = Sign{"✗", "x", red}
	Good   = Sign{"✓", "+", green}
	Left   = Sign{"•", "-", yellow}
	Told   = Sign{"✉", "@", yellow}
)

// Row prints a row: what it is about in columns, and on the right how long it took.
func (n *Narrator) Row(sign Sign, took string, columns ...string) {
	text := strings.TrimRight(strings.Join(columns, " "), " ")
	const margin = 4
	room := width - margin - utf8.RuneCountInString(took) - 1
	text = shorten(text, room)
	pad := ""
	if took != "" {
		pad = strings.Repeat(" ", room+1-utf8.RuneCountInString(text))
	}
	n.print("  " + n.paint(sign.look, n.either(sign.fancy, sign.simple)) + " " + text + pad + n.paint(faint, took))
}

// Detail prints what belongs to the row before, wrapped.
func (n *Narrator) Detail(text string) {
	const margin = "      "
	for _, line := range wrap(text, width-len(margin)) {
		n.print(margin + n.paint(faint, line))
	}
}

// Change prints what happened, or would happen, to a property.
func (n *Narrator) Change(property, before, after string) {
	n.print("      " + shorten(property+": "+orNone(before)+n.either(" → ", " -> ")+orNone(after), width-len("      ")))
}

// Letter prints a whole mail in a frame.
func (n *Narrator) Letter(from, to, subject, body string) {
	const inner = width - 6
	edge := n.paint(faint, n.either("│", "|"))
	line := func(left, fill, right string) {
		n.print("  " + n.paint(faint, left+strings.Repeat(fill, inner+2)+right))
	}
	text := func(look style, content string) {
		for _, part := range wrap(content, inner) {
			pad := strings.Repeat(" ", inner-utf8.RuneCountInString(part))
			n.print("  " + edge + " " + n.paint(look, part) + pad + " " + edge)
		}
	}
	line(n.either("╭", "+"), n.either("─", "-"), n.either("╮", "+"))
	text(faint, "From: "+from)
	text(faint, "To: "+to)
	text(bold, "Subject: "+subject)
	line(n.either("├", "+"), n.either("─", "-"), n.either("┤", "+"))
	for part := range strings.Lines(strings.TrimSpace(body)) {
		text(plain, strings.TrimRight(part, " \r\n"))
	}
	line(n.either("╰", "+"), n.either("─", "-"), n.either("╯", "+"))
}

// milliseconds are a time as people read it: in ms below a second, and in s above.
func milliseconds(took time.Duration) string {
	if took = max(took, 0); took < time.Second {
		return fmt.Sprintf("%d ms", took.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", took.Seconds())
}

func orNone(value string) string {
	if value == "" {
		return "(none)"
	}
	return value
}

// shorten cuts what is longer than so many characters, and shows that it did.
func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// wrap breaks a text between words, and a word that is longer than a line within it. What follows a line that begins with a
// label and a gap is indented like what the label is of. It has one line at least.
func wrap(text string, most int) []string {
	rest, indent := []rune(text), []rune(strings.Repeat(" ", len(label.FindString(text))))
	var lines []string
	for len(rest) > most {
		end := most
		for end > len(indent) && rest[end] != ' ' {
			end--
		}
		if end <= len(indent) {
			end = most
		}
		lines = append(lines, strings.TrimRight(string(rest[:end]), " "))
		rest = append(slices.Clone(indent), []rune(strings.TrimLeft(string(rest[end:]), " "))...)
	}
	return append(lines, string(rest))
}

// label is what lines of mails begin with, such as "Account:    123456789012".
var label = regexp.MustCompile(`^[A-Z][A-Za-z]*: {2,}`)
