using System;

namespace Berth.Client
{
    /// <summary>
    /// A refused or failed request. The problem of an answer (RFC 9457) is given as it is: <see cref="Type"/> is
    /// <c>urn:berth:problem:...</c>, as docs/http-api.md lists them. Where no dispatcher answered, <see cref="Status"/> is 0 and the type
    /// is <c>urn:berth:client:unreachable</c>; an answer that no dispatcher gives is <c>urn:berth:client:unreadable</c>.
    /// </summary>
    public sealed class BerthException : Exception
    {
        internal BerthException(string type, string title, string detail, int status, Exception? innerException = null)
            : base(detail, innerException)
        {
            Type = type;
            Title = title;
            Status = status;
        }

        /// <summary>The kind of the problem, for programs to compare.</summary>
        public string Type { get; }

        /// <summary>The kind of the problem, for people.</summary>
        public string Title { get; }

        /// <summary>A sentence for people: what happened, the values, and what to do. The same as the message.</summary>
        public string Detail => Message;

        /// <summary>The HTTP status, or 0 without an answer.</summary>
        public int Status { get; }

        /// <summary>The time after which a new request may succeed, as stated by the dispatcher; null when it states none.</summary>
        public TimeSpan? RetryAfter { get; internal set; }

        /// <summary>The pod that was asked for and is not ready (<c>urn:berth:problem:pod-not-ready</c>), else null.</summary>
        public PodEndpoint? Endpoint { get; internal set; }
    }
}
