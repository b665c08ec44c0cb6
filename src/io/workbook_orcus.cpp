/* The parser of workbooks: liborcus tells cell by cell, this hands out row by row. Nothing is thrown out of here. */
#include <cmath>
#include <cstring>
#include <exception>
#include <limits>
#include <map>
#include <orcus/orcus_xlsx.hpp>
#include <orcus/spreadsheet/import_interface.hpp>
#include <string>
#include <utility>
#include <vector>

extern "C" {
#include "io/calendar.h"
#include "io/workbook.h"
}

namespace {

namespace ss = orcus::spreadsheet;
namespace iface = orcus::spreadsheet::iface;

struct stopped {}; // the sink has had enough

class strings : public iface::import_shared_strings {
public:
    size_t append(std::string_view s) override {
        pool.emplace_back(s);
        return pool.size() - 1;
    }
    size_t add(std::string_view s) override { return append(s); }
    void set_segment_font(size_t) override {}
    void set_segment_bold(bool) override {}
    void set_segment_italic(bool) override {}
    void set_segment_font_name(std::string_view) override {}
    void set_segment_font_size(double) override {}
    void set_segment_font_color(ss::color_elem_t, ss::color_elem_t, ss::color_elem_t, ss::color_elem_t) override {}
    void append_segment(std::string_view s) override { rich += s; }
    size_t commit_segments() override {
        size_t id = append(rich);
        rich.clear();
        return id;
    }
    std::vector<std::string> pool;

private:
    std::string rich;
};

enum class look { plain, date, time, date_time };

// Which cell formats show a number as a date (ECMA-376 part 1, 18.8.30, and the letters of custom codes).
look look_of(const std::string &code) {
    bool day = false, hour = false, quoted = false;
    for (size_t i = 0; i < code.size(); i++) {
        char c = code[i];
        if (c == '"') quoted = !quoted;
        else if (quoted) continue;
        else if (c == '\\') i++;
        else if (c == '[') { // a colour, a currency or a condition; elapsed hours [h] count
            size_t close = code.find(']', i);
            if (close == std::string::npos) break;
            if (close == i + 2 && std::strchr("hHmMsS", code[i + 1]) != nullptr) hour = true;
            i = close;
        } else if (std::strchr("yYdD", c) != nullptr) day = true;
        else if (std::strchr("hHsS", c) != nullptr) hour = true;
    }
    return day ? (hour ? look::date_time : look::date) : hour ? look::time : look::plain;
}

class styles : public iface::import_styles {
public:
    look of(size_t xf) const { return xf < formats.size() ? look_of_id(formats[xf]) : look::plain; }

    void set_number_format_identifier(size_t id) override { current_id = id; }
    void set_number_format_code(std::string_view s) override { current_code = s; }
    size_t commit_number_format() override {
        custom[current_id] = look_of(current_code);
        return current_id; // formats are told by their identifier
    }
    void set_xf_number_format(size_t id) override { current_xf = id; }
    size_t commit_cell_xf() override {
        formats.push_back(std::exchange(current_xf, 0));
        return formats.size() - 1;
    }
    size_t commit_cell_style_xf() override { return skip(); }
    size_t commit_dxf() override { return skip(); }

    // What cells look like otherwise is nothing to a reader.
    void set_font_count(size_t) override {}
    void set_font_bold(bool) override {}
    void set_font_italic(bool) override {}
    void set_font_name(std::string_view) override {}
    void set_font_size(double) override {}
    void set_font_underline(ss::underline_t) override {}
    void set_font_underline_width(ss::underline_width_t) override {}
    void set_font_underline_mode(ss::underline_mode_t) override {}
    void set_font_underline_type(ss::underline_type_t) override {}
    void set_font_underline_color(ss::color_elem_t, ss::color_elem_t, ss::color_elem_t, ss::color_elem_t) override {}
    void set_font_color(ss::color_elem_t, ss::color_elem_t, ss::color_elem_t, ss::color_elem_t) override {}
    void set_strikethrough_style(ss::strikethrough_style_t) override {}
    void set_strikethrough_type(ss::strikethrough_type_t) override {}
    void set_strikethrough_width(ss::strikethrough_width_t) override {}
    void set_strikethrough_text(ss::strikethrough_text_t) override {}
    size_t commit_font() override { return 0; }
    void set_fill_count(size_t) override {}
    void set_fill_pattern_type(ss::fill_pattern_t) override {}
    void set_fill_fg_color(ss::color_elem_t, ss::color_elem_t, ss::color_elem_t, ss::color_elem_t) override {}
    void set_fill_bg_color(ss::color_elem_t, ss::color_elem_t, ss::color_elem_t, ss::color_elem_t) override {}
    size_t commit_fill() override { return 0; }
    void set_border_count(size_t) override {}
    void set_border_style(ss::border_direction_t, ss::border_style_t) override {}
    void set_border_color(ss::border_direction_t, ss::color_elem_t, ss::color_elem_t, ss::color_elem_t,
                          ss::color_elem_t) override {}
    void set_border_width(ss::border_direction_t, double, orcus::length_unit_t) override {}
    size_t commit_border() override { return 0; }
    void set_cell_hidden(bool) override {}
    void set_cell_locked(bool) override {}
    void set_cell_print_content(bool) override {}
    void set_cell_formula_hidden(bool) override {}
    size_t commit_cell_protection() override { return 0; }
    void set_number_format_count(size_t) override {}
    void set_cell_xf_count(size_t) override {}
    void set_cell_style_xf_count(size_t) override {}
    void set_dxf_count(size_t) override {}
    void set_xf_font(size_t) override {}
    void set_xf_fill(size_t) override {}
    void set_xf_border(size_t) override {}
    void set_xf_protection(size_t) override {}
    void set_xf_style_xf(size_t) override {}
    void set_xf_apply_alignment(bool) override {}
    void set_xf_horizontal_alignment(ss::hor_alignment_t) override {}
    void set_xf_vertical_alignment(ss::ver_alignment_t) override {}
    void set_cell_style_count(size_t) override {}
    void set_cell_style_name(std::string_view) override {}
    void set_cell_style_xf(size_t) override {}
    void set_cell_style_builtin(size_t) override {}
    void set_cell_style_parent_name(std::string_view) override {}
    size_t commit_cell_style() override { return 0; }

private:
    size_t skip() {
        current_xf = 0;
        return 0;
    }
    look look_of_id(size_t id) const {
        auto found = custom.find(id);
        if (found != custom.end()) return found->second;
        if (id == 22) return look::date_time;
        if ((id >= 18 && id <= 21) || (id >= 45 && id <= 47)) return look::time;
        if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return look::date;
        return look::plain;
    }
    std::map<size_t, look> custom;
    std::vector<size_t> formats;
    size_t current_id = 0, current_xf = 0;
    std::string current_code;
};

class settings : public iface::import_global_settings {
public:
    void set_origin_date(int year, int, int) override { origin = year == 1904 ? DK_DAYS_EXCEL_1904 : DK_DAYS_EXCEL; }
    void set_default_formula_grammar(ss::formula_grammar_t g) override { grammar = g; }
    ss::formula_grammar_t get_default_formula_grammar() const override { return grammar; }
    void set_character_set(orcus::character_set_t) override {}
    int origin = DK_DAYS_EXCEL;

private:
    ss::formula_grammar_t grammar = ss::formula_grammar_t::xlsx;
};

// The text of a number as a cell that looks so shows it.
std::string number_text(double value, look as, int origin) {
    dk_buf out;
    dk_buf_init(&out);
    if (as != look::plain && std::isfinite(value) && std::fabs(value) < 1e7) {
        double day = std::floor(value);
        long long second = std::llround((value - day) * 86400);
        if (second == 86400) {
            day += 1;
            second = 0;
        }
        if (as == look::time) dk_buf_putf(&out, "%02lld:%02lld:%02lld", second / 3600, second / 60 % 60, second % 60);
        else dk_put_date(&out, static_cast<int64_t>(day) + origin, second, as == look::date_time);
    }
    if (out.len == 0) dk_buf_put_double(&out, value);
    std::string text(out.ptr != nullptr ? out.ptr : "", out.len);
    dk_buf_dispose(&out);
    return text;
}

class sheet : public iface::import_sheet, public iface::import_formula {
public:
    sheet(const dk_workbook_sink &to, strings &pool, styles &looks, settings &global)
        : sink(to), pool(pool), looks(looks), global(global) {}

    void set_auto(ss::row_t row, ss::col_t col, std::string_view s) override { cell(row, col).text = s; }
    void set_string(ss::row_t row, ss::col_t col, ss::string_id_t id) override {
        cell(row, col).text = id < pool.pool.size() ? pool.pool[id] : std::string();
    }
    void set_value(ss::row_t row, ss::col_t col, double value) override {
        auto &c = cell(row, col);
        c.number = value;
        c.is_number = true;
    }
    void set_bool(ss::row_t row, ss::col_t col, bool value) override { cell(row, col).text = value ? "true" : "false"; }
    void set_date_time(ss::row_t row, ss::col_t col, int year, int month, int day, int hour, int minute, double second) override {
        char text[64];
        std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02.0f", year, month, day, hour, minute, second);
        cell(row, col).text = text;
    }
    void set_format(ss::row_t row, ss::col_t col, size_t xf) override {
        auto as = looks.of(xf);
        if (as == look::plain) return;
        if (row == at && static_cast<size_t>(col) < cells.size()) cells[static_cast<size_t>(col)].as = as;
        formula_looks[{row, col}] = as;
    }
    void set_format(ss::row_t, ss::col_t, ss::row_t, ss::col_t, size_t) override {}
    void fill_down_cells(ss::row_t, ss::col_t, ss::row_t) override {}
    ss::range_size_t get_sheet_size() const override { return {1048576, 16384}; }
    iface::import_formula *get_formula() override { return this; }

    // Formulas come when all cells have been told.
    void set_position(ss::row_t row, ss::col_t col) override {
        formula_row = row;
        formula_col = col;
        result.clear();
    }
    void set_formula(ss::formula_grammar_t, std::string_view) override {}
    void set_shared_formula_index(size_t) override {}
    void set_result_string(std::string_view value) override { result = value; }
    void set_result_value(double value) override {
        auto found = formula_looks.find({formula_row, formula_col});
        result = number_text(value, found != formula_looks.end() ? found->second : look::plain, global.origin);
    }
    void set_result_bool(bool value) override { result = value ? "true" : "false"; }
    void set_result_empty() override { result.clear(); }
    void commit() override {
        flush();
        if (!sink.formula(sink.context, formula_row, formula_col, {result.data(), result.size()})) throw stopped();
    }

    // Hands out the row that is complete.
    void flush() {
        if (at < 0) return;
        texts.clear();
        for (auto &c : cells) {
            if (c.is_number) c.text = number_text(c.number, c.as, global.origin);
            texts.push_back({c.text.data(), c.text.size()});
        }
        bool more = sink.row(sink.context, at, texts.data(), texts.size());
        at = -1;
        cells.clear();
        if (!more) throw stopped();
    }

private:
    struct one_cell {
        std::string text;
        double number = 0;
        bool is_number = false;
        look as = look::plain;
    };
    one_cell &cell(ss::row_t row, ss::col_t col) {
        if (row != at) {
            flush();
            at = row;
        }
        if (static_cast<size_t>(col) >= cells.size()) cells.resize(static_cast<size_t>(col) + 1);
        return cells[static_cast<size_t>(col)];
    }
    const dk_workbook_sink &sink;
    strings &pool;
    styles &looks;
    settings &global;
    ss::row_t at = -1, formula_row = 0;
    ss::col_t formula_col = 0;
    std::vector<one_cell> cells;
    std::vector<dk_str> texts;
    std::map<std::pair<ss::row_t, ss::col_t>, look> formula_looks; // of cells that look like dates
    std::string result;
};

class workbook : public iface::import_factory {
public:
    workbook(const dk_workbook_sink &sink, const char *wanted)
        : taken(sink, pool, looks, global), ignored(nothing, pool, looks, global), wanted(wanted) {}
    iface::import_global_settings *get_global_settings() override { return &global; }
    iface::import_shared_strings *get_shared_strings() override { return &pool; }
    iface::import_styles *get_styles() override { return &looks; }
    iface::import_sheet *append_sheet(ss::sheet_t index, std::string_view name) override {
        names.emplace_back(name);
        if (chosen < 0 && (wanted == nullptr ? index == 0 : name == wanted)) chosen = index;
        return get_sheet(index);
    }
    iface::import_sheet *get_sheet(std::string_view name) override {
        for (size_t i = 0; i < names.size(); i++)
            if (names[i] == name) return get_sheet(static_cast<ss::sheet_t>(i));
        return nullptr;
    }
    iface::import_sheet *get_sheet(ss::sheet_t index) override { return index == chosen ? &taken : &ignored; }
    void finalize() override { taken.flush(); }

    ss::sheet_t chosen = -1;
    std::vector<std::string> names;

private:
    static bool skip_row(void *, int32_t, const dk_str *, size_t) { return true; }
    static bool skip_formula(void *, int32_t, int32_t, dk_str) { return true; }
    const dk_workbook_sink nothing = {nullptr, skip_row, skip_formula};
    strings pool;
    styles looks;
    settings global;
    sheet taken, ignored;
    const char *wanted;
};

} // namespace

extern "C" dk_status dk_workbook_parse(const char *path, const char *wanted, const dk_workbook_sink *sink, dk_error *err) {
    try {
        workbook book(*sink, wanted);
        try {
            orcus::orcus_xlsx parser(&book);
            parser.read_file(path);
        } catch (const stopped &) {
            return DK_OK;
        }
        if (book.chosen < 0 && wanted != nullptr) {
            std::string all;
            for (const auto &name : book.names) all += (all.empty() ? "" : ", ") + name;
            return dk_fail_at(err, DK_EUSAGE, path, 0, 0, "there is no sheet %s among %s", wanted, all.c_str());
        }
        return DK_OK;
    } catch (const std::bad_alloc &) {
        return dk_fail_memory(err);
    } catch (const std::exception &e) {
        return dk_fail_at(err, DK_EDATA, path, 0, 0, "cannot read this workbook: %s", e.what());
    } catch (...) {
        return dk_fail_at(err, DK_EDATA, path, 0, 0, "cannot read this workbook");
    }
}
