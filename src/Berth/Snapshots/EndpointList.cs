using System.Collections;
using Berth.Snapshots;

namespace Berth;

/// <summary>An immutable list of endpoints, ordered by ordinal and then by name. Reading it takes no lock and allocates nothing.</summary>
public sealed class EndpointList : IReadOnlyList<PodEndpoint>
{
    private const int GuessShift = 7;

    // Nearly every list has one chunk, and there may be 10,000 lists.
    private static readonly int[] s_oneStart = [0];

    private readonly EndpointChunk[] _chunks;

    // The index of each chunk's first endpoint in the whole list. With it a change need not copy all endpoints.
    private readonly int[] _starts;

    // The chunk that contains the index i x 128. Chunks usually have 128 to 256 endpoints, so a search tries this one and a few after it.
    private readonly int[] _guesses;
    private readonly bool _availableOnly;

    internal EndpointList(EndpointChunk[] chunks, bool availableOnly)
    {
        _chunks = chunks;
        _availableOnly = availableOnly;
        if (chunks.Length == 1)
        {
            (Count, _starts, _guesses) = (Items(chunks[0]).Length, s_oneStart, []);
            return;
        }

        _starts = new int[chunks.Length];
        int start = 0;
        for (int i = 0; i < chunks.Length; i++)
        {
            _starts[i] = start;
            start += Items(chunks[i]).Length;
        }

        Count = start;
        _guesses = MakeGuesses();
    }

    /// <inheritdoc/>
    public int Count { get; }

    internal ReadOnlySpan<EndpointChunk> Chunks => _chunks;

    /// <inheritdoc/>
    public PodEndpoint this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            if (_chunks.Length == 1)
                return Items(_chunks[0])[index];
            int found = FindChunk(index);
            return Items(_chunks[found])[index - _starts[found]];
        }
    }

    /// <summary>Returns the available endpoints of a list of all: the same list while all are available, as they usually are.</summary>
    internal static EndpointList AvailableOf(EndpointList all) =>
        Array.TrueForAll(all._chunks, static chunk => ReferenceEquals(chunk.Available, chunk.All))
            ? all
            : new EndpointList(all._chunks, availableOnly: true);

    /// <summary>Enumerates the list without an allocation.</summary>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<PodEndpoint> IEnumerable<PodEndpoint>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private PodEndpoint[] Items(EndpointChunk chunk) => _availableOnly ? chunk.Available : chunk.All;

    private int[] MakeGuesses()
    {
        if (_chunks.Length < 2)
            return [];
        int[] guesses = new int[(Count >> GuessShift) + 1];
        int chunk = 0;
        for (int i = 0; i < guesses.Length; i++)
        {
            while (chunk + 1 < _starts.Length && _starts[chunk + 1] <= i << GuessShift)
                chunk++;
            guesses[i] = chunk;
        }

        return guesses;
    }

    /// <summary>The last chunk that begins at or before the index. It is not empty.</summary>
    private int FindChunk(int index)
    {
        int chunk = _guesses[index >> GuessShift];
        while (chunk + 1 < _starts.Length && _starts[chunk + 1] <= index)
            chunk++;
        return chunk;
    }

    /// <summary>Enumerates an <see cref="EndpointList"/>.</summary>
    public struct Enumerator : IEnumerator<PodEndpoint>
    {
        private readonly EndpointList _list;
        private int _chunk;
        private int _index;

        internal Enumerator(EndpointList list)
        {
            _list = list;
            _index = -1;
        }

        /// <inheritdoc/>
        public readonly PodEndpoint Current => _list.Items(_list._chunks[_chunk])[_index];

        readonly object IEnumerator.Current => Current;

        /// <inheritdoc/>
        public bool MoveNext()
        {
            while (_chunk < _list._chunks.Length)
            {
                if (++_index < _list.Items(_list._chunks[_chunk]).Length)
                    return true;
                _chunk++;
                _index = -1;
            }

            return false;
        }

        /// <inheritdoc/>
        public void Reset()
        {
            _chunk = 0;
            _index = -1;
        }

        /// <inheritdoc/>
        public readonly void Dispose()
        {
        }
    }
}
