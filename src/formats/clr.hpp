#pragma once
// What .NET's metadata name: other assemblies, and native libraries (ECMA-335, 6th edition,
// partition II). For formats/pe.cpp.

#include "formats/facts.hpp"
#include "formats/pe_image.hpp"

namespace pare {

/// The image must have a CLR header. Throws InputError when the metadata lie outside of the image
/// or contradict themselves. Of its tables five are read, and none of the code.
Clr read_clr(PeImage& image);

} // namespace pare
