// Debian ships fmt as headers and as a shared library, which a static program cannot use. Compiling
// its functions here, once, instead of in every file that formats a text (FMT_HEADER_ONLY) saves
// two seconds a file. The list below is that of fmt's own src/format.cc (9.1): what <fmt/format.h>
// declares `extern template`.

#include <fmt/format-inl.h>

namespace fmt {
inline namespace v9 {
namespace detail {

template auto dragonbox::to_decimal(float) noexcept -> dragonbox::decimal_fp<float>;
template auto dragonbox::to_decimal(double) noexcept -> dragonbox::decimal_fp<double>;
template locale_ref::locale_ref(const std::locale&);
template auto locale_ref::get<std::locale>() const -> std::locale;
template auto thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template auto decimal_point_impl(locale_ref) -> char;
template void buffer<char>::append(const char*, const char*);
template void
vformat_to(buffer<char>&, string_view, basic_format_args<buffer_context<char>>, locale_ref);

} // namespace detail
} // namespace v9
} // namespace fmt
