# Turns CUDA on where there is an nvcc; included at the top, since every directory that links the kernels must
# know the language. Sets SOUK_HAS_CUDA, and says once what it found.
option(SOUK_CUDA "Build the CUDA kernels if there is an nvcc" ON)
set(SOUK_HAS_CUDA OFF)
if(SOUK_CUDA)
  include(CheckLanguage)
  find_program(SOUK_NVCC nvcc HINTS /usr/local/cuda/bin $ENV{CUDA_HOME}/bin)
  if(SOUK_NVCC AND NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
    set(ENV{CUDACXX} ${SOUK_NVCC})  # not CMAKE_CUDA_COMPILER: check_language would then skip its test
  endif()
  find_program(SOUK_CUDA_HOST g++-12)
  if(SOUK_CUDA_HOST AND NOT CMAKE_CUDA_HOST_COMPILER)
    set(CMAKE_CUDA_HOST_COMPILER ${SOUK_CUDA_HOST})  # with clang as nvcc's host C++20 is lost
  endif()
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    # sm_100 to sm_110 run the code of 90, later chips that of 120, both compiled by the driver.
    set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 86-real 89-real 90 120)
  endif()
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    string(APPEND CMAKE_CUDA_FLAGS " -std=c++20")  # CMake 3.25 knows nvcc to C++17 only
    set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
    set(SOUK_HAS_CUDA ON)
  endif()
endif()
if(NOT SOUK_HAS_CUDA)
  message(STATUS "souk-gpu: no nvcc (or SOUK_CUDA=OFF), so the CUDA kernels are left out; everything else is built")
endif()
