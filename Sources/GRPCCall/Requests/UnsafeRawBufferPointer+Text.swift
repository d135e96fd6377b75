#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Allows a `switch` over a header name to list known names.
@inline(__always)
func ~= (text: StaticString, bytes: UnsafeRawBufferPointer) -> Bool {
    bytes.count == text.utf8CodeUnitCount && bytes.hasPrefix(text)
}

/// Compares header names and values in place, without making strings.
extension UnsafeRawBufferPointer {
    // The length is a constant once this is inlined, so the compiler replaces memcmp by one or two loads.
    @inline(__always)
    func hasPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount, let baseAddress else { return text.utf8CodeUnitCount == 0 }
        return memcmp(baseAddress, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    @inline(__always)
    func hasSuffix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        return UnsafeRawBufferPointer(rebasing: self[(count - text.utf8CodeUnitCount)...]).hasPrefix(text)
    }

    // Nearly all peers write lower case, so this comparison comes before the others.
    @inline(__always)
    func hasPrefixIgnoringCase(_ text: StaticString) -> Bool {
        hasPrefix(text) || prefix(text.utf8CodeUnitCount).equalsIgnoringCase(text)
    }

    @inline(__always)
    func equalsIgnoringCase(_ text: StaticString) -> Bool {
        text ~= self || self[...].equalsIgnoringCase(text)
    }

    /// The bytes without spaces and tabs at both ends.
    var trimmed: UnsafeRawBufferPointer {
        var slice = self[...]
        while let first = slice.first, first.isBlank { slice.removeFirst() }
        while let last = slice.last, last.isBlank { slice.removeLast() }
        return UnsafeRawBufferPointer(rebasing: slice)
    }

    /// Calls `body` with each element of a comma-separated list, trimmed; an empty list has one empty element.
    func forEachListElement(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        var rest = self[...]
        while let comma = rest.firstIndex(of: UInt8(ascii: ",")) {
            try body(UnsafeRawBufferPointer(rebasing: rest[..<comma]).trimmed)
            rest = rest[(comma + 1)...]
        }
        try body(UnsafeRawBufferPointer(rebasing: rest).trimmed)
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate func equalsIgnoringCase(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            elementsEqual(text) { $0.lowercasedASCII == $1.lowercasedASCII }
        }
    }
}

extension UInt8 {
    var lowercasedASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }

    fileprivate var isBlank: Bool {
        self == UInt8(ascii: " ") || self == UInt8(ascii: "\t")
    }
}
