/// Why a header block cannot be decoded.
package enum HPACKError: Error {
    case truncated
    case integerTooLarge
    case invalidIndex
    case invalidHuffman
    /// A size update above the limit, or one that is not at the block's beginning (RFC 7541 §4.2).
    case invalidTableSize
}
