using System;
using System.Net.Http;

namespace Berth.Client.Transport
{
    /// <summary>One request to the first dispatcher that answers.</summary>
    internal sealed class DispatcherRequest
    {
        public DispatcherRequest(HttpMethod method, string path)
        {
            Method = method;
            Path = path;
        }

        public HttpMethod Method { get; }

        /// <summary>The path and query after the dispatcher's address, without a slash in front.</summary>
        public string Path { get; }

        public string Accept { get; set; } = "application/json";

        public string? IdempotencyKey { get; set; }

        public string? LastEventId { get; set; }

        /// <summary>The body in JSON, or null.</summary>
        public string? Body { get; set; }

        /// <summary>The time that the dispatcher may take in addition.</summary>
        public TimeSpan ExtraTime { get; set; }
    }
}
