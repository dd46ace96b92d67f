namespace Berth.Sources;

/// <summary>
/// Reads pods from a JSON file repeatedly. Mounted files change by a rename, which file watchers do not notice on every system.
/// </summary>
internal sealed class FilePodSource(string path, TimeSpan period, TimeProvider time) : IEndpointSource
{
    /// <inheritdoc/>
    public IEndpointStream Open(ServiceTarget target, PortScheme ports) => new Stream(path, period, time, target, ports);

    private sealed class Stream(string path, TimeSpan period, TimeProvider time, ServiceTarget target, PortScheme ports) : IEndpointStream
    {
        private byte[]? _content;
        private EndpointSnapshot? _last;

        /// <summary>Reads the file again. Returns the same snapshot, which confirms it, while the file does not change.</summary>
        public async ValueTask<EndpointSnapshot> ReadAsync(CancellationToken cancellationToken)
        {
            if (_last is not null)
                await Task.Delay(period, time, cancellationToken).ConfigureAwait(false);
            byte[] content;
            try
            {
                content = await System.IO.File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                throw new EndpointSourceException($"The file '{path}' of pods cannot be read: {exception.Message}", exception);
            }

            if (_last is null || !content.AsSpan().SequenceEqual(_content))
            {
                _last = PodFile.Parse(path, content, target, ports);
                _content = content;
            }

            return _last;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
