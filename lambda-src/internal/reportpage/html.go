package reportpage

import (
	"bytes"
	"html"
	"strings"
	"unicode"
)

// markup is HTML that was written here. No text of somebody else's has this type without being escaped.
type markup string

// page is the page while it is being written.
type page struct{ bytes.Buffer }

// raw writes markup.
func (p *page) raw(parts ...markup) {
	for _, part := range parts {
		_, _ = p.WriteString(string(part)) // a buffer never fails
	}
}

// escape makes any text one that is shown as it is, in an element or in a quoted attribute.
func escape(text string) markup {
	visible := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
	return markup(html.EscapeString(visible))
}

// foreign is a text of somebody else's. It is isolated, so that one that is written from right to left does not turn
// what stands beside it around.
func foreign(text string) markup { return "<bdi>" + escape(text) + "</bdi>" }

// name is a rule's name, which is short enough to stay whole.
func name(text string) markup { return `<code class="name">` + foreign(text) + "</code>" }

// code is an id, which may be broken anywhere.
func code(text string) markup { return "<code>" + foreign(text) + "</code>" }

// table is a table whose rows become cards on a phone.
type table struct {
	*page
	heads []string
}

func (p *page) table(heads ...string) table {
	p.raw(`<table><thead><tr>`)
	for _, head := range heads {
		p.raw(`<th scope="col">`, escape(head), `</th>`)
	}
	p.raw("</tr></thead><tbody>\n")
	return table{page: p, heads: heads}
}

func (t table) row(cells ...markup) {
	t.raw(`<tr>`)
	for i, cell := range cells {
		t.raw(`<td data-label="`, escape(t.heads[i]), `">`, cell, `</td>`)
	}
	t.raw("</tr>\n")
}

func (t table) end() { t.raw("</tbody></table>\n") }

// section writes a section with a headline.
func (p *page) section(headline string, count int, content func()) {
	p.raw(`<section><h2>`, escape(headline))
	if count >= 0 {
		p.raw(` <span class="count">`, number(count), `</span>`)
	}
	p.raw("</h2>\n")
	content()
	p.raw("</section>\n")
}

func (p *page) note(text string) { p.raw(`<p class="note">`, escape(text), "</p>\n") }
