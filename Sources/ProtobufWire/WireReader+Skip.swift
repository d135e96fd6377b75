extension WireReader {
    /// Skips the field that the reader is at.
    package mutating func skip() throws(WireError) {
        if wireType == .startGroup {
            try skipGroup()
        } else {
            try skipValue()
        }
    }

    private mutating func skipValue() throws(WireError) {
        switch wireType {
        case .varint: _ = try varint()
        case .fixed64: try advance(by: 8)
        case .fixed32: try advance(by: 4)
        case .lengthDelimited: position += try length()
        case .startGroup, .endGroup: preconditionFailure("a group's ends have no value; skipGroup() takes them")
        }
    }

    /// Skips up to the tag that ends the group whose start was read.
    ///
    /// Open groups are kept in a list and not on the stack, since the peer chooses how deep they nest.
    private mutating func skipGroup() throws(WireError) {
        var open: [UInt32] = []
        repeat {
            switch wireType {
            case .startGroup:
                guard open.count < depthLeft else {
                    throw .nestedTooDeep
                }
                open.append(fieldNumber)
            case .endGroup:
                guard open.popLast() == fieldNumber else {
                    throw .unmatchedEndGroup
                }
            default:
                try skipValue()
            }
            if !open.isEmpty {
                try readTag()
            }
        } while !open.isEmpty
    }

    private mutating func advance(by count: Int) throws(WireError) {
        guard count <= remaining else {
            throw .truncated
        }
        position += count
    }
}
