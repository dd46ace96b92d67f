namespace Berth.Kubernetes.Wire;

/// <summary>
/// Reads a list piece by piece, so that a list of any length needs no more memory than its longest object and what is kept of the others.
/// </summary>
internal interface IListParser
{
    /// <summary>The fields that stand around the items, as far as they have been read.</summary>
    ListAnswer Answer { get; }

    /// <summary>True when the list has been read to its end.</summary>
    bool IsComplete { get; }

    /// <summary>Reads as far as whole objects go.</summary>
    /// <param name="data">What was not consumed before, and more.</param>
    /// <param name="final">True when nothing follows.</param>
    /// <returns>How many bytes are done with.</returns>
    /// <exception cref="System.Text.Json.JsonException">The JSON is broken, or ends too early.</exception>
    /// <exception cref="ResourceFormatException">It is not such a list.</exception>
    int Consume(ReadOnlySpan<byte> data, bool final);
}
