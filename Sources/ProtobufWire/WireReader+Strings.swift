extension WireReader {
    /// Reads a length and a string of that many bytes.
    ///
    /// Almost every string is ASCII: ids, channels, names. Checking that one word at a time and telling `String` is
    /// quicker than a general validation.
    @inline(__always)
    mutating func string() throws(WireError) -> String {
        let content = try lengthDelimited()
        if content.spellsJSON {
            return "json"
        }
        let codeUnits = content.assumingMemoryBound(to: UInt8.self).span
        if content.isASCII {
            return String(copying: UTF8Span(unchecked: codeUnits, isKnownASCII: true))
        }
        do {
            return String(copying: try UTF8Span(validating: codeUnits))
        } catch {
            throw .invalidUTF8
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether this is the text that Centrifugo sends in every request, mostly twice: a literal is quicker than a copy.
    @inline(__always)
    fileprivate var spellsJSON: Bool {
        count == 4 && loadUnaligned(as: UInt32.self) == UInt32(littleEndian: 0x6E6F_736A)
    }

    /// Whether no byte has its high bit set.
    ///
    /// Checks whole words; the last one may overlap the one before it.
    @inline(__always)
    fileprivate var isASCII: Bool {
        guard count >= 8 else {
            return isShortASCII
        }
        var highBits = loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
        var index = 0
        while index < count - 8 {
            highBits |= loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index += 8
        }
        return highBits & 0x8080_8080_8080_8080 == 0
    }

    /// ``isASCII`` for fewer than eight bytes.
    @inline(__always)
    private var isShortASCII: Bool {
        if count >= 4 {
            let first = loadUnaligned(as: UInt32.self)
            let last = loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            return (first | last) & 0x8080_8080 == 0
        }
        guard count > 0 else {
            return true
        }
        return (self[0] | self[count / 2] | self[count - 1]) & 0x80 == 0
    }
}
