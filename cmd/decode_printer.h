// Prints what the decoder found in the format that was asked for.
#pragma once

#include <optional>
#include <span>

#include "capture/handler.h"
#include "decode_options.h"
#include "render/anatomy.h"
#include "render/json.h"
#include "render/output.h"
#include "session/lint.h"

namespace cmd {

class DecodePrinter {
 public:
  DecodePrinter(const DecodeOptions& options, render::Output& output);

  void packet(const capture::Where& where, const wire::Frame& frame, const wire::Packet& packet, wire::Version version,
              bool version_known, std::span<const session::Finding> findings);
  /// `packet`: where it decodes nevertheless.
  void violation(const capture::Where& where, base::Bytes bytes, wire::Version version, bool version_known,
                 const wire::Fault& fault, std::span<const session::Finding> findings,
                 const wire::Packet* packet = nullptr);
  /// About a connection that is over.
  void finding(const capture::Where& where, wire::Version version, const session::Finding& finding);
  /// In the output text among the packets, otherwise on stderr.
  void note(const capture::Where& where, capture::Note kind, std::string_view text);
  void closed(const capture::Where& where, capture::Closed how);

 private:
  /// Of the address that was shown last: packets of a connection come in bursts.
  class AddressText {
   public:
    /// Valid until the next call.
    std::string_view text(const capture::Address& address);

   private:
    capture::Address address_;
    base::Buffer text_;
  };

  static render::FrameInfo connection_info(const capture::Where& where);
  render::FrameInfo info(const capture::Where& where, std::size_t length);
  void separate();
  void pictures(const capture::Where& where, base::Bytes packet, wire::Version version, bool version_known,
                const std::optional<wire::Fault>& fault);
  /// With the guilty bytes of `packet`, where it is given.
  void text_findings(wire::Version version, std::span<const session::Finding> findings, base::Bytes packet = {});
  void json_findings(wire::Version version, std::span<const session::Finding> findings);
  void summary_findings(wire::Version version, std::span<const session::Finding> findings);

  const DecodeOptions& options_;
  DecodeOptions::Output format_;
  render::Output& output_;
  base::Buffer& out_;
  bool colour_;
  bool first_ = true;
  render::Anatomy anatomy_;
  AddressText from_;
  AddressText to_;
  std::size_t notes_ = 0;  ///< on stderr
};

}  // namespace cmd
