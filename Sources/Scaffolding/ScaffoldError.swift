/// Why nothing is written: one sentence that says what to change.
package struct ScaffoldError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ sentence: String) {
        description = sentence
    }
}
